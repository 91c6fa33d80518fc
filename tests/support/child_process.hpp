#pragma once

#include "support/temporary_directory.hpp"

#include <sys/resource.h>
#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace tunnelkeyd::support {

/// How long tests wait for anything before they fail. Long, since machines are slow at times; nothing sleeps
/// for it.
constexpr auto patience = std::chrono::seconds(30);

std::string read_file(const std::filesystem::path& path);
void write_file(const std::filesystem::path& path, const std::string& content);

/// A program that a test started. It never outlives the test: killed by the destructor, or by the kernel when
/// the thread that started it ends. What it prints goes to a file.
class child_process {
public:
    /// `environment` is added to this process's own, as NAME=VALUE.
    child_process(const std::string& executable, const std::vector<std::string>& arguments,
                  std::filesystem::path output, const std::vector<std::string>& environment = {});
    ~child_process();
    child_process(const child_process&) = delete;
    child_process& operator=(const child_process&) = delete;

    [[nodiscard]] pid_t pid() const noexcept { return pid_; }
    [[nodiscard]] std::string output() const { return read_file(output_); }
    void signal(int number) const;

    [[nodiscard]] bool has_ended() const;

    /// Its exit status, or minus the number of the signal that ended it. Throws std::runtime_error with what it
    /// printed when it does not end within `patience`.
    int wait_for_exit();

    /// What it used, once wait_for_exit() has returned.
    [[nodiscard]] const rusage& usage() const noexcept { return usage_; }

    /// Returns once `condition` holds, which is looked at again whenever the program has printed something.
    /// Throws std::runtime_error with what it printed when it ends before, or does not get there within
    /// `patience`.
    void wait_until(const std::function<bool(const std::string& output)>& condition);
    /// The same for a file that it makes under another name and then renames.
    void wait_for_file(const std::filesystem::path& path);

private:
    void wait_until(const std::function<bool()>& condition, const std::filesystem::path& watched,
                    std::uint32_t changes);

    std::filesystem::path output_;
    pid_t pid_ = -1;
    int pidfd_ = -1;
    rusage usage_{};
};

}  // namespace tunnelkeyd::support
