#include "support/disk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A test that cannot prepare its files says so and ends: nothing after that would mean anything. */
static void
check(bool is_fine, const char *what, const char *path)
{
    if (is_fine)
        return;
    fprintf(stderr, "%s %s: %s\n", what, path, strerror(errno));
    exit(EXIT_FAILURE);
}

static void
join(char path[TCT_PATH_SIZE], const char *dir, const char *name)
{
    int len = snprintf(path, TCT_PATH_SIZE, "%s/%s", dir, name);

    check(len >= 0 && len < TCT_PATH_SIZE, "name too long below", dir);
}

void
tct_disk_begin(char path[TCT_PATH_SIZE])
{
    const char *parent = getenv("TMPDIR");

    join(path, parent != NULL && *parent != '\0' ? parent : "/tmp", "trustc-test-XXXXXX");
    check(mkdtemp(path) != NULL, "making", path);
}

/* By bytes: alphasort() would follow the locale. */
static int
by_bytes(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

/* The names in @a path in order, NULL-terminated; NULL when it is no directory. The caller frees names and list. */
static char **
names_of(const char *path)
{
    struct dirent **entries;
    int count = scandir(path, &entries, NULL, by_bytes);
    char **names;
    size_t kept = 0;

    if (count < 0)
        return NULL;
    names = calloc((size_t)count + 1, sizeof *names);
    check(names != NULL, "listing", path);
    for (int i = 0; i < count; i++) {
        if (strcmp(entries[i]->d_name, ".") != 0 && strcmp(entries[i]->d_name, "..") != 0)
            names[kept++] = strdup(entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
    return names;
}

static void
free_names(char **names)
{
    for (size_t i = 0; names != NULL && names[i] != NULL; i++)
        free(names[i]);
    free(names);
}

void
tct_disk_remove(const char *path)
{
    struct stat status;
    char **names;

    if (lstat(path, &status) != 0)
        return;
    if (!S_ISDIR(status.st_mode)) {
        check(unlink(path) == 0, "removing", path);
        return;
    }
    (void)chmod(path, 0700);
    names = names_of(path);
    for (size_t i = 0; names != NULL && names[i] != NULL; i++) {
        char below[TCT_PATH_SIZE];

        join(below, path, names[i]);
        tct_disk_remove(below);
    }
    free_names(names);
    check(rmdir(path) == 0, "removing", path);
}

void
tct_disk_write(const char *dir, const char *name, struct tc_str bytes)
{
    char path[TCT_PATH_SIZE];
    FILE *file;

    join(path, dir, name);
    for (char *at = strchr(path + 1, '/'); at != NULL; at = strchr(at + 1, '/')) {
        *at = '\0';
        check(mkdir(path, 0755) == 0 || errno == EEXIST, "making", path);
        *at = '/';
    }
    file = fopen(path, "wb");
    check(file != NULL, "writing", path);
    check(fwrite(bytes.ptr, 1, bytes.len, file) == bytes.len, "writing", path);
    check(fclose(file) == 0, "writing", path);
}

bool
tct_disk_read(const char *dir, const char *name, struct tc_buf *out)
{
    char path[TCT_PATH_SIZE];
    char bytes[4096];
    size_t got;
    FILE *file;

    join(path, dir, name);
    file = fopen(path, "rb");
    if (file == NULL)
        return false;
    while ((got = fread(bytes, 1, sizeof bytes, file)) > 0)
        tc_buf_put(out, bytes, got);
    (void)fclose(file);
    return true;
}

static void
list_below(const char *root, const char *prefix, struct tc_buf *out)
{
    char path[TCT_PATH_SIZE];
    char **names;

    join(path, root, prefix);
    names = names_of(path);
    for (size_t i = 0; names != NULL && names[i] != NULL; i++) {
        char name[TCT_PATH_SIZE];
        char target[TCT_PATH_SIZE] = "";
        struct stat status;

        join(path, prefix, names[i]);
        memcpy(name, path + (*prefix == '\0'), strlen(path + (*prefix == '\0')) + 1);
        join(path, root, name);
        check(lstat(path, &status) == 0, "looking at", path);
        tc_buf_puts(out, tc_str_of(name));
        if (S_ISDIR(status.st_mode)) {
            tc_buf_puts(out, TC_STR("/\n"));
            list_below(root, name, out);
        } else if (S_ISLNK(status.st_mode)) {
            check(readlink(path, target, sizeof target - 1) >= 0, "looking at", path);
            tc_buf_printf(out, " -> %s\n", target);
        } else {
            tc_buf_putc(out, '=');
            tct_disk_read(root, name, out);
            tc_buf_putc(out, '\n');
        }
    }
    free_names(names);
}

void
tct_disk_list(const char *path, struct tc_buf *out)
{
    list_below(path, "", out);
}
