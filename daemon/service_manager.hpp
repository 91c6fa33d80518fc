#pragma once

#include "core/time.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace tunnelkeyd::daemon {

/// What systemd is told of this service (sd_notify(3)), if it asked: $NOTIFY_SOCKET, and for the watchdog
/// $WATCHDOG_USEC and $WATCHDOG_PID. Does nothing under another manager, or in a shell. Never blocks: a message
/// that cannot be sent is dropped.
class service_manager {
public:
    service_manager();

    /// Is anybody listening?
    [[nodiscard]] bool is_there() const noexcept { return there_; }
    /// How often to call alive() at least, with room for a busy moment; nothing: no watchdog is set.
    [[nodiscard]] std::optional<core::duration> alive_every() const noexcept { return alive_every_; }

    void ready(std::string_view status);
    void reloading();
    /// After reloading(), whatever came of it.
    void reloaded(std::string_view status);
    void stopping();
    /// One line for people, which `systemctl status` shows. Sent only when it has changed.
    void status(std::string_view line);
    /// To be called by the event loop, from a timer: then it turns.
    void alive();

private:
    void send(const std::string& message);

    bool there_ = false;
    std::optional<core::duration> alive_every_;
    std::string status_;
};

}  // namespace tunnelkeyd::daemon
