#pragma once

#include "app/outside.hpp"
#include "core/organization_gate.hpp"
#include "core/preflight.hpp"
#include "core/request_bucket.hpp"
#include "core/verdict.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace tunnelkeyd::app {

/// What the tunnels of one organization share: its gate, its requests per minute, and the question whether its
/// API key is good. That is asked once for all the tunnels that ask within a few seconds of each other.
class organization_desk {
public:
    using answer_handler = std::function<void(std::optional<core::preflight_failure>)>;

    /// `reopened` is called when an API key that was refused is accepted again.
    organization_desk(const outside& world, unsigned requests_per_minute, std::function<void()> reopened);
    organization_desk(const organization_desk&) = delete;
    organization_desk& operator=(const organization_desk&) = delete;

    /// Another limit counts from now on. Each question about the API key counts, and never waits for it: it is
    /// asked so seldom that core::request_bucket::owed allows for it.
    void limit(unsigned requests_per_minute);

    /// Is the API key good? Nothing: yes. `done` is called once, from the loop, perhaps from inside this call.
    void check_api_key(const core::organization& organization, const core::retry_policy& retry,
                       answer_handler done);

    /// A regenerate request of one of the tunnels was answered like this.
    void regenerate_answered(const core::tunnel& tunnel, const core::regenerate_verdict& verdict);

    /// A person may have mended the API key: ask anew, and let go ahead whoever waited for that.
    void reconsider();

    core::organization_gate gate;
    core::request_bucket bucket;

private:
    struct question {
        core::secret_reference api_key;
        core::retry_policy retry;
        std::vector<answer_handler> waiting;
    };
    void answered(const question& asked, const core::exchange& seen);
    void api_key_refused(const core::retry_policy& retry);
    void api_key_accepted();

    const outside& world_;
    unsigned requests_per_minute_;
    std::function<void()> reopened_;
    core::secret_reference api_key_;  // the one last asked about
    std::optional<core::steady_time> good_until_;
    std::shared_ptr<question> under_way_;  // about api_key_
};

}  // namespace tunnelkeyd::app
