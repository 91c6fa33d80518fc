#pragma once

#include "core/time.hpp"
#include "daemon/commands/display.hpp"

#include <array>
#include <cstddef>
#include <functional>
#include <string>

namespace tunnelkeyd::daemon {

/// While one is alive Ctrl-C and SIGTERM are noted, where they would end the process; a second one of a kind
/// does that. One at a time, in a process with one thread.
class interruption {
public:
    interruption();
    ~interruption();
    interruption(const interruption&) = delete;
    interruption& operator=(const interruption&) = delete;

    [[nodiscard]] bool came() const { return wait(core::duration(0)); }
    /// Waits so long, or until it comes. Returns came().
    [[nodiscard]] bool wait(core::duration time) const;
    /// Can be read once it has come; is not to be read.
    [[nodiscard]] int descriptor() const noexcept { return pipe_[0]; }

private:
    std::array<int, 2> pipe_{-1, -1};
};

/// Draws what `text` returns over itself each second, until Ctrl-C. `on` is a terminal.
void watch(const display& on, const interruption& stop, const std::function<std::string()>& text);

/// One frame, drawn over the last one without a flicker: at most `rows` high, with a note of what is missing.
std::string frame(const std::string& text, std::size_t rows);

}  // namespace tunnelkeyd::daemon
