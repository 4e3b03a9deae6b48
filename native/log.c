/* SPDX-License-Identifier: Apache-2.0 */
/* log.c: what libbpf says, kept whole, so that an error can carry the verifier's log. */
#include "shim.h"

#include <bpf/libbpf.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *text;
static size_t used, room;

static int collect(enum libbpf_print_level level, const char *format, va_list args)
{
	va_list again;
	int length;

	if (level == LIBBPF_DEBUG)
		return 0;
	va_copy(again, args);
	length = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (length < 0)
		return 0;
	if (used + length + 1 > room) {
		size_t wanted = 2 * (used + length + 1);
		char *grown = realloc(text, wanted);

		if (!grown)
			return 0;
		text = grown;
		room = wanted;
	}
	vsnprintf(text + used, room - used, format, args);
	used += length;
	return length;
}

void strait_log_begin(void)
{
	used = 0;
	libbpf_set_print(collect);
}

/* Bytes collected since strait_log_begin. */
uint32_t strait_log_size(void)
{
	return (uint32_t)used;
}

/* Copies the collected text and frees it. Returns the bytes copied. */
uint32_t strait_log_take(void *out, uint32_t size)
{
	uint32_t length = used < size ? (uint32_t)used : size;

	if (length)
		memcpy(out, text, length);
	free(text);
	text = NULL;
	used = room = 0;
	return length;
}
