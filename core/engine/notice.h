/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Telling others: the command of `[notify]` gets one JSON object (model/notice_text.h) on standard
 * input for each event, once the journal has recorded it. The journal is the truth, a notice is a
 * courtesy: it is sent at most once, and one that cannot be sent is a line of warning and changes
 * nothing. It runs when the run is over and its lock is gone, so that a slow one keeps nobody out.
 */
#ifndef AJAR_ENGINE_NOTICE_H
#define AJAR_ENGINE_NOTICE_H

#include "engine/window.h"

enum notice_event {
    NOTICE_OPENED, /* also partly: its state says so */
    NOTICE_EXTENDED,
    NOTICE_OVERDUE,
    NOTICE_CONFLICT, /* someone else changed it, and nothing else is left to do */
    NOTICE_FAILED,   /* too much failed, nothing more was begun */
    NOTICE_UNDONE,   /* the same, and what was done was put back, as far as it went */
    NOTICE_PARTLY_CLOSED,
    NOTICE_CLOSED,
};

/* Notes an event of the window as it is now, which is in the journal; `message` says it in one
 * line. Does nothing when nobody is to be told. */
void notice_add(const struct window *window, enum notice_event event, const char *message);

/* The window was opened, or opened further; was closed, or closed further. */
void notice_opened(const struct window *window, const char *message);
void notice_closed(const struct window *window, const char *message);

#endif
