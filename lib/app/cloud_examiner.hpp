#pragma once

#include "app/outside.hpp"
#include "core/requests.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace tunnelkeyd::app {

/// The part of an examination that is the same for all tunnels of an organization: its API key and the way to
/// the cloud. Who asks within a few seconds is given one answer, so that a thousand tunnels do not spend a
/// thousand requests of the rate limit.
///
/// Ports call back into it: it outlives them, or what it asked of them. Loop's thread only.
class cloud_examiner {
public:
    struct answer {
        core::check_line secret;
        std::vector<core::check_line> cloud;  ///< name look-up, connection, TLS, API key
    };
    using handler = std::function<void(const answer&)>;

    /// `asking`, where set, is told the organization's id before each request to the admin API.
    explicit cloud_examiner(const outside& world, std::function<void(const std::string&)> asking = nullptr)
        : world_(world), asking_(std::move(asking)) {}
    cloud_examiner(const cloud_examiner&) = delete;
    cloud_examiner& operator=(const cloud_examiner&) = delete;

    /// `done` is called once, from the loop, perhaps from inside this call.
    void examine(const core::organization& organization, handler done);

private:
    struct question {
        core::organization about;
        core::secret api_key;
        answer found;
        std::vector<handler> waiting;
        core::steady_time good_until = core::steady_time::max();  ///< max(): not answered yet
    };
    void ask_cloud(const std::shared_ptr<question>& asked);
    void end(question& asked);

    const outside& world_;
    std::function<void(const std::string&)> asking_;
    std::map<std::string, std::shared_ptr<question>> questions_;  ///< by organization id
};

}  // namespace tunnelkeyd::app
