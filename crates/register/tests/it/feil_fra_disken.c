/* Lets the calls that write to the disk fail as a disk does. Loaded before the C library; told what to do by a file that it
 * maps: kind (0 none, else an errno), then how many calls are to succeed first; third it counts the calls, and the fourth is
 * how many are to fail before it is well again (0: all). Only files below a folder are touched. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

static volatile int *styring;
static const char *under;

__attribute__((constructor)) static void start(void) {
    const char *sti = getenv("FEIL_STYRING");
    under = getenv("FEIL_UNDER");
    int fd = sti ? open(sti, O_RDWR) : -1;
    if (fd < 0 || !under) return;
    void *kart = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (kart != MAP_FAILED) styring = kart;
    close(fd);
}

/* Whether this call is to fail, and with what. */
static int feil(int fd) {
    if (!styring || styring[0] == 0) return 0;
    char lenke[64], sti[4096];
    snprintf(lenke, sizeof lenke, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(lenke, sti, sizeof sti - 1);
    if (n <= 0) return 0;
    sti[n] = 0;
    if (strncmp(sti, under, strlen(under)) != 0) return 0;
    styring[2] += 1;
    if (styring[1] > 0) { styring[1] -= 1; return 0; }
    int hva = styring[0];
    if (styring[3] > 0 && --styring[3] == 0) styring[0] = 0;
    return hva;
}

#define EKTE(kall) static __typeof__(kall) *ekte; if (!ekte) ekte = (__typeof__(kall) *)dlsym(RTLD_NEXT, #kall)
#define NEKT(fd) do { int f = feil(fd); if (f) { errno = f; return -1; } } while (0)

ssize_t write(int fd, const void *b, size_t n) { EKTE(write); NEKT(fd); return ekte(fd, b, n); }
ssize_t pwrite(int fd, const void *b, size_t n, off_t o) { EKTE(pwrite); NEKT(fd); return ekte(fd, b, n, o); }
ssize_t pwrite64(int fd, const void *b, size_t n, off64_t o) { EKTE(pwrite64); NEKT(fd); return ekte(fd, b, n, o); }
ssize_t writev(int fd, const struct iovec *v, int n) { EKTE(writev); NEKT(fd); return ekte(fd, v, n); }
ssize_t pwritev(int fd, const struct iovec *v, int n, off_t o) { EKTE(pwritev); NEKT(fd); return ekte(fd, v, n, o); }
int fsync(int fd) { EKTE(fsync); NEKT(fd); return ekte(fd); }
int fdatasync(int fd) { EKTE(fdatasync); NEKT(fd); return ekte(fd); }
int ftruncate(int fd, off_t n) { EKTE(ftruncate); NEKT(fd); return ekte(fd, n); }
int ftruncate64(int fd, off64_t n) { EKTE(ftruncate64); NEKT(fd); return ekte(fd, n); }
