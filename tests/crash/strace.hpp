#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

/// Runs a program under strace(1).
namespace tunnelkeyd::crash {

/// Why there can be no trace of the daemon: strace is missing, ptrace(2) is not permitted, or it shows too
/// little. "" if there can be one.
std::string why_no_strace();

/// The words before the program's own. The trace goes to `output`, where nothing of an earlier one may be.
/// strace then is not the program's parent (-D): signals to the process that was started reach the program,
/// its exit status is the program's, and strace ends with it.
std::vector<std::string> strace_words(const std::filesystem::path& output,
                                      const std::vector<std::string>& options);

/// What a program that has run under strace needs in its environment.
std::vector<std::string> strace_environment();

/// The whole trace of a process that has ended, once strace has written all of it. Throws std::runtime_error
/// when that does not happen.
std::string finished_trace(const std::filesystem::path& output, pid_t process);

}  // namespace tunnelkeyd::crash
