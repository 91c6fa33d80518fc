#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <string>

namespace tunnelkeyd::simulator {

/// Talks to the control endpoint (control_calls.hpp). Blocks until it answers, which GET /wait does within its
/// timeout. Each call uses a connection of its own, so one client may be used from several threads. Throws
/// std::runtime_error with the endpoint's words for any status but 200, and where it cannot be reached.
class control_client {
public:
    /// `control_url` of simulator.json: http://127.0.0.1:PORT.
    explicit control_client(const std::string& url);

    /// `path` may have a query: "/requests?after=5".
    [[nodiscard]] nlohmann::json get(const std::string& path) const;
    nlohmann::json post(const std::string& path, const nlohmann::json& body) const;
    nlohmann::json del(const std::string& path) const;

private:
    [[nodiscard]] nlohmann::json ask(const std::string& method, const std::string& path,
                                     const std::string& body) const;

    std::uint16_t port_ = 0;
};

}  // namespace tunnelkeyd::simulator
