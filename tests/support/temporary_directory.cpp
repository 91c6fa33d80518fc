#include "support/temporary_directory.hpp"

#include <cerrno>
#include <cstdlib>
#include <system_error>

namespace tunnelkeyd::support {

temporary_directory::temporary_directory() {
    std::string name = std::filesystem::temp_directory_path() / "tunnelkeyd-test-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr)
        throw std::system_error(errno, std::generic_category(), name);
    path_ = name;
}

temporary_directory::~temporary_directory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

std::set<std::string> files_in(const std::filesystem::path& directory) {
    std::set<std::string> names;
    for (const auto& each : std::filesystem::directory_iterator(directory))
        names.insert(each.path().filename());
    return names;
}

}  // namespace tunnelkeyd::support
