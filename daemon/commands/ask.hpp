#pragma once

#include "daemon/exit_status.hpp"
#include "serve/control_client.hpp"

#include <functional>
#include <stdexcept>
#include <string>

namespace tunnelkeyd::daemon {

/// Asks the running daemon: serve::control_client::ask(), or what stands in for it in a test. Throws
/// serve::control_error.
using asks = std::function<serve::control_reply(const std::string& method, const std::string& target,
                                                const std::string& body, core::duration limit)>;

/// Told of what is asked for, once the daemon is there, and before it hears of it.
using tells =
    std::function<void(const std::string& method, const std::string& target, const std::string& body)>;

/// By this socket. Connects when it is asked, and again after an error: the daemon may have started since.
/// `stop`: as that of serve::control_client.
asks by_socket(std::string socket, tells before = nullptr, int stop = -1);

/// The daemon answered that it is not done, and why.
class refused : public std::runtime_error {
public:
    /// An answer that is no 2xx.
    explicit refused(const serve::control_reply& reply);

    [[nodiscard]] const std::string& code() const noexcept { return code_; }
    /// With what the process ends.
    [[nodiscard]] exit_status status() const noexcept;

private:
    std::string code_;  ///< "": the answer has none
};

/// The body of a 2xx. Throws `refused` for anything else, and serve::control_error.
std::string ask_daemon(const asks& ask, const std::string& method, const std::string& target,
                       const std::string& body = "", core::duration limit = std::chrono::seconds(30));

/// "/status/jira"
std::string target_of(const std::string& before, const std::string& tunnel, const std::string& behind = "");

/// With what the process ends that could not ask.
exit_status status_of(const serve::control_error& problem);

}  // namespace tunnelkeyd::daemon
