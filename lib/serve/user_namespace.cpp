#include "serve/user_namespace.hpp"

#include <cstdint>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

namespace tunnelkeyd::serve {

namespace {

bool hides_some(const char* map_of_this_process) {
    std::ifstream file(map_of_this_process);
    const std::string map{std::istreambuf_iterator<char>(file), {}};
    return !maps_all(map);
}

}  // namespace

bool maps_all(std::string_view map) {
    constexpr std::uint64_t all = 0xffff'ffff;  // the last one is nobody's: (uid_t)-1
    std::istringstream lines{std::string(map)};
    std::uint64_t inside = 0;
    std::uint64_t outside = 0;
    std::uint64_t count = 0;
    std::uint64_t mapped = 0;
    while (lines >> inside >> outside >> count)  // they do not overlap
        mapped += count;
    return mapped >= all;
}

bool hides_users() {
    static const bool hides = hides_some("/proc/self/uid_map");
    return hides;
}

bool hides_groups() {
    static const bool hides = hides_some("/proc/self/gid_map");
    return hides;
}

}  // namespace tunnelkeyd::serve
