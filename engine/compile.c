/* SPDX-License-Identifier: Apache-2.0 */
/* Build tool: turns the bundled program into bytecode, as C. usage: compile PROGRAM.js OUTPUT.c */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "quickjs.h"

static int nothing(JSContext *ctx, JSModuleDef *module)
{
	(void)ctx, (void)module;
	return 0;
}

/* Whatever the bundle imports is a native module of the host. */
static JSModuleDef *native_module(JSContext *ctx, const char *name, void *opaque)
{
	(void)opaque;
	return JS_NewCModule(ctx, name, nothing);
}

static char *read_file(const char *path, size_t *size)
{
	FILE *file = fopen(path, "rb");
	char *text;
	long length;

	if (file == NULL || fseek(file, 0, SEEK_END) != 0 || (length = ftell(file)) < 0) {
		perror(path);
		exit(1);
	}
	rewind(file);
	text = malloc((size_t)length + 1);
	if (text == NULL || fread(text, 1, (size_t)length, file) != (size_t)length) {
		perror(path);
		exit(1);
	}
	text[length] = '\0';
	*size = (size_t)length;
	fclose(file);
	return text;
}

static void write_bytes(const char *path, const uint8_t *bytes, size_t size)
{
	FILE *file = fopen(path, "w");
	size_t i;

	if (file == NULL) {
		perror(path);
		exit(1);
	}
	fprintf(file, "/* Generated; not committed. */\n#include \"program.h\"\n\nconst uint8_t runt_program[] = {");
	for (i = 0; i < size; i++)
		fprintf(file, "%s%u,", i % 32 == 0 ? "\n" : "", bytes[i]);
	fprintf(file, "\n};\nconst size_t runt_program_size = sizeof(runt_program);\n");
	if (fclose(file) != 0) {
		perror(path);
		exit(1);
	}
}

int main(int argc, char **argv)
{
	JSRuntime *runtime = JS_NewRuntime();
	JSContext *ctx = JS_NewContext(runtime);
	size_t size, bytecode_size;
	uint8_t *bytecode;
	JSValue module;
	char *text;

	if (argc != 3) {
		fprintf(stderr, "usage: compile PROGRAM.js OUTPUT.c\n");
		return 2;
	}
	JS_SetStripInfo(runtime, JS_STRIP_SOURCE);
	JS_SetModuleLoaderFunc(runtime, NULL, native_module, NULL);
	text = read_file(argv[1], &size);
	module = JS_Eval(ctx, text, size, "runt", JS_EVAL_TYPE_MODULE | JS_EVAL_FLAG_COMPILE_ONLY);
	if (JS_IsException(module)) {
		JSValue error = JS_GetException(ctx);
		JSValue stack = JS_GetPropertyStr(ctx, error, "stack");

		fprintf(stderr, "%s\n%s\n", JS_ToCString(ctx, error), JS_ToCString(ctx, stack));
		return 1;
	}
	bytecode = JS_WriteObject(ctx, &bytecode_size, module, JS_WRITE_OBJ_BYTECODE);
	if (bytecode == NULL)
		return 1;
	write_bytes(argv[2], bytecode, bytecode_size);
	return 0;
}
