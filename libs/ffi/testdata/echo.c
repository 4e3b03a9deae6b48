/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* echo.c: gives back what Bun passes, so that abi_test.ts can pin how it does so. */
#include <stdint.h>
#include <string.h>

#define ECHO(name, type)      \
	type name(type value) \
	{                     \
		return value; \
	}

ECHO(echo_i8, int8_t)
ECHO(echo_u8, uint8_t)
ECHO(echo_i16, int16_t)
ECHO(echo_u16, uint16_t)
ECHO(echo_i32, int32_t)
ECHO(echo_u32, uint32_t)
ECHO(echo_i64, int64_t)
ECHO(echo_u64, uint64_t)

uint32_t text_length(const char *text)
{
	return (uint32_t)strlen(text);
}

void *nothing(void)
{
	return NULL;
}

uint64_t sum(const uint8_t *bytes, uint32_t length)
{
	uint64_t total = 0;

	for (uint32_t i = 0; i < length; i++)
		total += bytes[i];
	return total;
}

void fill(uint8_t *bytes, uint32_t length, uint8_t value)
{
	memset(bytes, value, length);
}

uint8_t first_or(const uint8_t *bytes, uint8_t otherwise)
{
	return bytes ? bytes[0] : otherwise;
}
