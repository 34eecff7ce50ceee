#include "errortext.h"

#include <errno.h>

#include "word.h"

/* Side by side and not as pointers, for the reason given at the option table. */
static const unsigned char errors[] = {
	EPERM,
	ENOENT,
	ESRCH,
	E2BIG,
	ENOEXEC,
	EAGAIN,
	ENOMEM,
	EACCES,
	ENOTDIR,
	EMFILE,
	ETXTBSY,
	ENOSYS,
	ENAMETOOLONG,
	ELOOP,
};
static const char texts[] = "Operation not permitted\0"
			    "No such file or directory\0"
			    "No such process\0"
			    "Argument list too long\0"
			    "Exec format error\0"
			    "Resource temporarily unavailable\0"
			    "Cannot allocate memory\0"
			    "Permission denied\0"
			    "Not a directory\0"
			    "Too many open files\0"
			    "Text file busy\0"
			    "Function not implemented\0"
			    "File name too long\0"
			    "Too many levels of symbolic links\0";

void errortext_add(struct text *text, int error)
{
	const char *candidate = texts;

	for (size_t i = 0; i < sizeof(errors); i++, candidate += word_size(candidate)) {
		if (errors[i] == error) {
			text_add(text, "%s", candidate);
			return;
		}
	}
	text_add(text, "error %d", error);
}
