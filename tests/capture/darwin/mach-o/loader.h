#define MH_MAGIC_64 0xfeedfacf
#define LC_UUID 0x1b
struct mach_header {
    uint32_t magic;
    int cputype, cpusubtype;
    uint32_t filetype, ncmds, sizeofcmds, flags;
};
struct mach_header_64 {
    struct mach_header head;
    uint32_t reserved;
};
struct load_command {
    uint32_t cmd, cmdsize;
};
struct uuid_command {
    uint32_t cmd, cmdsize;
    uint8_t uuid[16];
};
