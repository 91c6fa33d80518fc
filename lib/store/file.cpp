#include "store/file.hpp"

#include "store/error.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>

namespace tunnelkeyd::store {

descriptor::~descriptor() {
    if (number_ >= 0)
        ::close(number_);
}

namespace {

constexpr const char* other_directory = "choose another state.directory";

const char* remedy(int error) {
    switch (error) {
    case EACCES:
    case EPERM:
        return "run this as the owner of the state directory (sudo -u), who must own everything in it (chown "
               "-R)";
    case ELOOP:
        return "it is a symbolic link: put the file itself there";
    case ENOSPC:
    case EDQUOT:
        return "free some space";
    case EROFS:
    case ENOTDIR:
    case ENAMETOOLONG:
        return other_directory;
    case EMFILE:
    case ENFILE:
        return "let more files be open (LimitNOFILE= in the unit)";
    default:
        return "check the disk, and the system's log";
    }
}

[[noreturn]] void fail(const std::string& path, std::string_view what_failed, const std::string& remedy) {
    const auto reason = std::system_category().message(errno);
    throw error(error_kind::unusable, path + " " + std::string(what_failed) + ": " + reason + "; " + remedy);
}

[[noreturn]] void cannot_make(const std::string& directory) {
    if (errno != ENOENT && errno != EACCES && errno != EPERM)
        throw_errno(directory, "cannot be made");
    // It makes the folders above, too.
    fail(directory, "cannot be made",
         "make it for the daemon's user (install -d -o tunnelkeyd -g tunnelkeyd -m 0700 " + directory +
             "), or " + other_directory);
}

bool is_link(const std::string& path) {
    struct stat found {};
    return ::lstat(path.c_str(), &found) == 0 && S_ISLNK(found.st_mode);
}

}  // namespace

void throw_errno(const std::string& path, std::string_view what_failed) {
    fail(path, what_failed, remedy(errno));
}

void make_directory(const std::string& directory) {
    if (::mkdir(directory.c_str(), 0700) == 0) {
        sync_directory(directory + "/..");
        return;
    }
    if (errno != EEXIST)
        cannot_make(directory);
    struct stat found {};
    if (::stat(directory.c_str(), &found) != 0) {
        if (errno == ENOENT && is_link(directory))
            throw error(error_kind::unusable, directory +
                                                  " is a symbolic link that leads nowhere: make what it "
                                                  "points to, or remove it");
        throw_errno(directory, "cannot be looked at");
    }
    if (!S_ISDIR(found.st_mode))
        throw error(error_kind::unusable, directory + " is not a directory: " + other_directory);
}

void sync_directory(const std::string& directory) {
    const descriptor opened(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!opened || ::fsync(opened.number()) != 0)
        throw_errno(directory, "cannot be synced to disk");
}

descriptor create_private_file(const std::string& path) {
    descriptor made(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!made)
        throw_errno(path, "cannot be made");
    return made;
}

void rename_durably(const std::string& directory, const std::string& from, const std::string& to) {
    if (std::rename(from.c_str(), to.c_str()) != 0)
        throw_errno(to, "cannot be put in place");
    sync_directory(directory);
}

bool file_exists(const std::string& path) {
    struct stat found {};
    if (::lstat(path.c_str(), &found) == 0)
        return true;
    if (errno != ENOENT)
        throw_errno(path, "cannot be looked at");
    return false;
}

unsigned long long file_size(const std::string& path) {
    struct stat found {};
    return ::stat(path.c_str(), &found) == 0 ? static_cast<unsigned long long>(found.st_size) : 0;
}

}  // namespace tunnelkeyd::store
