#include <stdint.h>
struct mach_header;
int _NSGetExecutablePath(char *, uint32_t *);
const struct mach_header *_dyld_get_image_header(uint32_t);
