#pragma once

#include "store/file.hpp"

#include <string>

namespace tunnelkeyd::store {

/// Keeps a second daemon off a state directory: flock(2) on its file `lock`, which holds the owner's pid as
/// text. The kernel lets go of it when the process ends, however it ends. The file stays.
class directory_lock {
public:
    /// Throws store::error: `locked`, naming the directory and the other's pid, or `unusable`.
    explicit directory_lock(const std::string& directory);

private:
    descriptor file_;
};

}  // namespace tunnelkeyd::store
