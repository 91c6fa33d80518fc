#pragma once

#include "net/wiping_allocator.hpp"

#include <sys/types.h>

#include <cstddef>
#include <ctime>
#include <string>

/// Files of certificates and keys on this machine. Blocks for as long as reading a local file takes.
namespace tunnelkeyd::net {

/// Tells a file from what it was before. The time is that of the last change of any kind (st_ctime), which
/// nobody can set back, as `cp -p` does with the other.
struct file_version {
    dev_t device = 0;
    ino_t inode = 0;
    off_t size = 0;
    time_t seconds = 0;
    long nanoseconds = 0;
    bool operator==(const file_version&) const = default;
};

/// That of `path`, of whatever kind it is; all zeros where there is none.
file_version version_of(const std::string& path);

/// What was read of a file.
struct pem_file {
    wiping_string text;
    std::string problem;  ///< why there is none, for people; "" where there is
    std::string remedy;   ///< what to do about that
};

/// The file `path`, of `most_mib` MiB at most. A `secret` one that everybody may read is refused.
pem_file read_pem_file(const std::string& path, bool secret, std::size_t most_mib = 1);

}  // namespace tunnelkeyd::net
