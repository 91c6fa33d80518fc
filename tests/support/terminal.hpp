#pragma once

#include <sys/types.h>

#include <functional>
#include <string>
#include <vector>

namespace tunnelkeyd::support {

/// A program on a pseudo terminal, as a person at a keyboard has it. Killed by the destructor.
class terminal {
public:
    terminal(const std::string& executable, std::vector<std::string> arguments, unsigned short columns = 80,
             unsigned short rows = 24);
    ~terminal();
    terminal(const terminal&) = delete;
    terminal& operator=(const terminal&) = delete;

    /// All that it has written so far, with what a terminal obeys.
    [[nodiscard]] const std::string& shown() const noexcept { return shown_; }
    /// Reads until `condition` holds of shown(). Throws std::runtime_error when it ends before, or does not get
    /// there within `patience`.
    void wait_until(const std::function<bool(const std::string& shown)>& condition);
    /// Presses keys: "\x03" is Ctrl-C.
    void type(const std::string& keys) const;
    /// Reads to its end. Its exit status, or minus the number of the signal that ended it.
    int wait_for_exit();

private:
    /// Returns false at its end.
    bool read(int milliseconds);

    pid_t pid_ = -1;
    int keyboard_ = -1;
    std::string shown_;
};

}  // namespace tunnelkeyd::support
