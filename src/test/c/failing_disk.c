// A disk that fails, for one file: preloaded into a process, it lets reads and writes of the file whose name holds $FAILING_FILE fail with
// EIO from byte $FAILING_FROM on, and mappings of it end there: touching what is behind gives SIGBUS, as the system gives for a page
// that cannot be read. The file itself stays as it is. $FAILING_WRITES=1 lets writes fail alone.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#define PAGE 4096L

static int fails(int file) {
    const char *name = getenv("FAILING_FILE");
    if (!name) {
        return 0;
    }
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) {
        return 0;
    }
    path[length] = 0;
    return strstr(path, name) != NULL;
}

static long from(void) {
    const char *from = getenv("FAILING_FROM");
    return from ? atol(from) : 0;
}

static int writes_alone(void) {
    return getenv("FAILING_WRITES") != NULL;
}

static int read_fails(int file, off_t at, size_t bytes) {
    return !writes_alone() && at + (off_t) bytes > from() && fails(file);
}

static int write_fails(int file, off_t at, size_t bytes) {
    return at + (off_t) bytes > from() && fails(file);
}

#define REAL(function) ((__typeof__(&function)) dlsym(RTLD_NEXT, #function))

ssize_t read(int file, void *to, size_t bytes) {
    if (read_fails(file, lseek(file, 0, SEEK_CUR), bytes)) {
        errno = EIO;
        return -1;
    }
    return REAL(read)(file, to, bytes);
}

ssize_t pread64(int file, void *to, size_t bytes, off_t at) {
    if (read_fails(file, at, bytes)) {
        errno = EIO;
        return -1;
    }
    return REAL(pread64)(file, to, bytes, at);
}

ssize_t write(int file, const void *what, size_t bytes) {
    if (write_fails(file, lseek(file, 0, SEEK_CUR), bytes)) {
        errno = EIO;
        return -1;
    }
    return REAL(write)(file, what, bytes);
}

ssize_t pwrite64(int file, const void *what, size_t bytes, off_t at) {
    if (write_fails(file, at, bytes)) {
        errno = EIO;
        return -1;
    }
    return REAL(pwrite64)(file, what, bytes, at);
}

// A copy in memory takes the file's place, as long as the file can be read.
void *mmap64(void *where, size_t bytes, int access, int flags, int file, off_t at) {
    if (file < 0 || (access & PROT_EXEC) || writes_alone() || !fails(file)) {
        return REAL(mmap64)(where, bytes, access, flags, file, at);
    }
    struct stat status;
    if (fstat(file, &status) != 0) {
        return MAP_FAILED;
    }
    off_t whole = from() / PAGE * PAGE;
    whole = whole < status.st_size ? whole : status.st_size;
    int copy = memfd_create("failing", MFD_CLOEXEC);
    char buffer[1 << 16];
    for (off_t done = 0; done < whole;) {
        size_t want = whole - done < (off_t) sizeof buffer ? (size_t) (whole - done) : sizeof buffer;
        ssize_t got = REAL(pread64)(file, buffer, want, done);
        if (got <= 0 || REAL(pwrite64)(copy, buffer, (size_t) got, done) != got) {
            close(copy);
            errno = EIO;
            return MAP_FAILED;
        }
        done += got;
    }
    void *mapped = REAL(mmap64)(where, bytes, access, flags, copy, at);
    close(copy);
    return mapped;
}
