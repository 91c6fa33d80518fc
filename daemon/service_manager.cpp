#include "daemon/service_manager.hpp"

#include <systemd/sd-daemon.h>

#include <cstdint>
#include <cstdlib>
#include <ctime>

namespace tunnelkeyd::daemon {

namespace {

std::string monotonic_microseconds() {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return std::to_string(std::uint64_t(now.tv_sec) * 1'000'000 + std::uint64_t(now.tv_nsec) / 1'000);
}

}  // namespace

service_manager::service_manager() {
    there_ = std::getenv("NOTIFY_SOCKET") != nullptr;
    std::uint64_t microseconds = 0;
    // A third: sd_watchdog_enabled(3) recommends half of it, and a busy moment may come on top.
    if (::sd_watchdog_enabled(0, &microseconds) > 0)
        alive_every_ = std::chrono::floor<core::duration>(std::chrono::microseconds(microseconds / 3));
}

void service_manager::ready(std::string_view status) {
    status_ = status;
    send("READY=1\nSTATUS=" + status_);
}

void service_manager::reloading() {
    // MONOTONIC_USEC is for systemd 253 and later (Type=notify-reload), and ignored before.
    send("RELOADING=1\nMONOTONIC_USEC=" + monotonic_microseconds() + "\nSTATUS=reading the configuration");
    status_.clear();
}

void service_manager::reloaded(std::string_view status) {
    ready(status);
}

void service_manager::stopping() {
    send("STOPPING=1");
}

void service_manager::status(std::string_view line) {
    if (line == status_)
        return;
    status_ = line;
    send("STATUS=" + status_);
}

void service_manager::alive() {
    if (alive_every_)
        send("WATCHDOG=1");
}

void service_manager::send(const std::string& message) {
    if (there_)
        static_cast<void>(::sd_notify(0, message.c_str()));
}

}  // namespace tunnelkeyd::daemon
