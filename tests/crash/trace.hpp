#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <vector>

/// Reads what `strace -yy -x` wrote, with or without -f.
namespace tunnelkeyd::crash {

/// One system call. What strace prints of it is kept as it is.
struct traced_call {
    static constexpr std::size_t never = std::numeric_limits<std::size_t>::max();

    int thread = 0;  ///< its id; 0 without -f
    std::string name;
    std::string arguments;
    std::string result;         ///< "", if the process ended first
    std::size_t begun = 0;      ///< numbers of lines: what comes first happened first
    std::size_t ended = never;  ///< the same line as `begun`, if no other thread did anything in between

    [[nodiscard]] bool succeeded() const;
    [[nodiscard]] bool was_injected() const;
};

/// In the order in which they began. Signals and ends of threads are left out. Throws std::runtime_error for a
/// line that strace does not write.
std::vector<traced_call> parse_trace(const std::string& text);

/// The file or the socket behind the first argument, if that is a descriptor: "/var/lib/x" or
/// "TCP:[127.0.0.1:1->127.0.0.1:2]". Else "".
std::string target_of(const traced_call& call);

/// The bytes of all strings in the arguments, one after the other: all that a write or a send hands over.
std::string bytes_of(const traced_call& call);

/// Has strace cut a string of it off?
bool is_cut_off(const traced_call& call);

}  // namespace tunnelkeyd::crash
