/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A diagnosis as the expectations of the samples say it, sorted by name:
 *
 *     # what the sample is for
 *     options --utc-offset +02:00
 *     file Migration.log: UTF-16LE, 3 lines
 *     dates day.month.year
 *     cause password-access-denied: 2 lines, 18.11.2026 08:00:00 = 2026-11-18T08:00:00
 * (Migration.log:1) to ... account anna number ERR2:7999: 1 line, 18.11.2026 08:01:00 =
 * 2026-11-18T08:01:00 (Migration.log:2) quiet 1
 *
 * A time is what stands in the log, and what it is read as: in UTC (Z) where the options say how
 * far the log's host is from that.
 */
#ifndef AJAR_TEST_DIAGNOSE_REPORT_H
#define AJAR_TEST_DIAGNOSE_REPORT_H

#include <ajar/diagnose.h>

#include "base/text.h"

void report_diagnosis(struct ajar_diagnosis *log, struct text *text);

#endif
