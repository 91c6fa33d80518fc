#pragma once

#include "core/config.hpp"
#include "daemon/commands/ask.hpp"
#include "daemon/commands/asked_entry.hpp"
#include "daemon/commands/display.hpp"

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace tunnelkeyd::daemon {

/// The configuration, read when it is first asked for: that takes time, and a running daemon can be asked
/// without.
class configuration_file {
public:
    explicit configuration_file(std::string file = {}) : file_(std::move(file)) {}

    /// Where the daemon listens for commands. Read no further than that takes. Where the file cannot be used,
    /// and that was noticed, it is where one without a word of it would have it.
    std::string control_socket();

    /// Null: it cannot be used. Lives as long as this.
    [[nodiscard]] const core::config* get();
    /// Why it cannot; asked for after one of the others.
    [[nodiscard]] const std::vector<std::string>& errors() const noexcept { return errors_; }

private:
    std::string file_;
    bool read_ = false;
    std::optional<core::config> config_;
    std::vector<std::string> errors_;
};

class interruption;

/// What every command of an operator has.
struct command_context {
    asks ask;
    enters enter = [](std::string_view, const core::notice&) {};  ///< what is done without a daemon
    std::shared_ptr<const interruption> stop;                     ///< null: Ctrl-C ends the process at once
    std::string socket;                                           ///< where it asks, for messages
    std::shared_ptr<configuration_file> config = std::make_shared<configuration_file>();
    std::string config_option;  ///< " --config FILE" for commands that are printed, or ""
    display out;
    bool json = false;
};

/// Why a command ends, and with what. `what()` may have several lines.
class command_error : public std::runtime_error {
public:
    command_error(exit_status status, const std::string& message)
        : std::runtime_error(message), status_(status) {}
    [[nodiscard]] exit_status status() const noexcept { return status_; }

private:
    exit_status status_;
};

/// The configuration, for what cannot be done without. Throws command_error with every error of the file.
const core::config& need_config(const command_context& all);

/// The error for a tunnel that is not there.
command_error unknown_tunnel(const std::string& tunnel);

/// The answer to /status, of this tunnel, or of all with "". Throws command_error where there is none of that
/// name, and as ask_daemon() does.
std::string ask_for_status(const asks& ask, const std::string& tunnel);

/// Calls `ask` where a daemon runs, and `otherwise` where none does.
template <class Ask, class Otherwise>
auto with_daemon(Ask ask, Otherwise otherwise) {
    try {
        return ask();
    } catch (const serve::control_error& problem) {
        if (problem.reason() != serve::control_error::kind::absent)
            throw;
    }
    return otherwise();
}

}  // namespace tunnelkeyd::daemon
