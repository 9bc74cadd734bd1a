// The unwinder of a gcc that is built for glibc asks it for the object in which an address is.
// musl has no such function; a static program is one object.

#include <link.h>
#include <stddef.h>

struct dl_find_object {
    unsigned long long flags;
    void *start, *end;
    void *link_map;
    void *eh_frame;
    unsigned long long reserved[7];
};

static int find(struct dl_phdr_info *object, size_t size, void *found) {
    struct dl_find_object *result = found;
    for (int i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *header = &object->dlpi_phdr[i];
        char *address = (char *)object->dlpi_addr + header->p_vaddr;
        if (header->p_type == PT_GNU_EH_FRAME) {
            result->eh_frame = address;
        } else if (header->p_type == PT_LOAD) {
            if (!result->start) result->start = address;
            result->end = address + header->p_memsz;
        }
    }
    return 1;
}

int _dl_find_object(void *address, struct dl_find_object *result) {
    *result = (struct dl_find_object){0};
    dl_iterate_phdr(find, result);
    char *code = address;
    return result->eh_frame && code >= (char *)result->start && code < (char *)result->end ? 0 : -1;
}
