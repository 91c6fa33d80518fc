#pragma once

#include <sys/stat.h>

#include <cstddef>
#include <string>

namespace tunnelkeyd::files {

/// A regular file opened for reading: the configuration, a secret, a certificate. Symbolic links are followed
/// (Kubernetes mounts secrets as such), and the checks look at what was opened, not at the name. A FIFO, a
/// device or a directory is refused and cannot block. Reading blocks for as long as a local file takes.
class regular_file {
public:
    explicit regular_file(const std::string& path);
    regular_file(const regular_file&) = delete;
    regular_file& operator=(const regular_file&) = delete;
    ~regular_file();

    /// "" when it is open, else why not: "No such file or directory".
    [[nodiscard]] const std::string& problem() const noexcept { return problem_; }
    /// With which errno it could not be opened, or 0.
    [[nodiscard]] int error() const noexcept { return error_; }
    [[nodiscard]] bool readable_by_everybody() const noexcept { return (status_.st_mode & S_IROTH) != 0; }
    /// What it was when it was opened.
    [[nodiscard]] std::size_t size() const noexcept { return static_cast<std::size_t>(status_.st_size); }

    /// Reads the next `size` bytes, or what there is, and returns how many; sets problem() where that fails.
    std::size_t read(char* into, std::size_t size);

private:
    int descriptor_ = -1;
    struct stat status_ {};
    std::string problem_;
    int error_ = 0;
};

}  // namespace tunnelkeyd::files
