#pragma once

#include "core/config.hpp"
#include "daemon/log_queue.hpp"
#include "ports/log.hpp"

#include <cstdint>
#include <memory>
#include <mutex>

namespace tunnelkeyd::daemon {

/// Events to standard error, one a line, as text (in colour on a terminal) or JSON, or to systemd's journal
/// with their fields (`log.format`; `auto` is the journal where standard error is connected to it, text on a
/// terminal, and JSON elsewhere). Where the journal cannot be reached: text lines with its priority in front
/// (sd-daemon(3)).
///
/// Whoever writes never waits for whoever reads: that is done by a thread of its own, in order. While nothing
/// is read some megabytes of events wait; what comes then is left out, and counted (`log.left_out`).
/// Thread-safe.
class event_log final : public ports::log {
public:
    explicit event_log(const core::log_settings& settings);
    ~event_log() override;

    /// For all that is written from now on.
    void configure(const core::log_settings& settings);

    void write(std::string_view tunnel, const core::notice& event) override;

    /// Waits until all that was written has left this process, or for that long: the process is about to end.
    void flush(core::duration limit = std::chrono::seconds(1)) { static_cast<void>(queue_.flush(limit)); }

    /// For how long what is being written has not been taken.
    [[nodiscard]] core::duration waits() const { return queue_.waits(); }

    /// Why the process ends, which it then does: as complain() where the rest goes to the journal.
    void write_last(const core::notice& event);

private:
    class output;
    class lines;
    class text_lines;
    class json_lines;
    class journal;
    static std::shared_ptr<output> make(const core::log_settings& settings);
    bool put(std::string_view tunnel, const core::notice& event);

    std::mutex mutex_;
    std::shared_ptr<output> output_;
    std::uint64_t left_out_ = 0;
    log_queue queue_;
};

}  // namespace tunnelkeyd::daemon
