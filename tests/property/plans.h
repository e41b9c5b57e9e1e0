/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The plans of a history: a few settings on targets of the forest, drawn from the seed.
 */
#ifndef AJAR_PROPERTY_PLANS_H
#define AJAR_PROPERTY_PLANS_H

/* Draws the plan of this number and writes it into the folder. */
void plans_make(const char *folder, int number);

#endif
