#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <string_view>

namespace tunnelkeyd::support {

/// A temporary directory, removed with all that is in it.
class temporary_directory {
public:
    temporary_directory();
    ~temporary_directory();
    temporary_directory(const temporary_directory&) = delete;
    temporary_directory& operator=(const temporary_directory&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
    [[nodiscard]] std::string operator/(std::string_view name) const { return path_ / name; }

private:
    std::filesystem::path path_;
};

/// The names of what lies in it.
std::set<std::string> files_in(const std::filesystem::path& directory);

}  // namespace tunnelkeyd::support
