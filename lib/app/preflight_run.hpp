#pragma once

#include "app/organization_desk.hpp"

#include <functional>
#include <memory>
#include <optional>

namespace tunnelkeyd::app {

/// One preflight of one tunnel, check by check, up to the first that fails: the store, the secrets, the API
/// key, the instance's state, who the credentials log in as. Nothing it does changes anything anywhere.
///
/// Ports call back into it: keep it alive until `done` has been called, which happens once, from the loop.
class preflight_run {
public:
    using result_handler = std::function<void(std::optional<core::preflight_failure>)>;

    preflight_run(const outside& world, organization_desk& desk, std::shared_ptr<const core::tunnel> settings,
                  result_handler done);
    preflight_run(const preflight_run&) = delete;
    preflight_run& operator=(const preflight_run&) = delete;

    void start();

private:
    void check_secrets();
    void check_api_key();
    void check_status();
    void check_credentials();
    void end(std::optional<core::preflight_failure> failure);

    const outside& world_;
    organization_desk& desk_;
    std::shared_ptr<const core::tunnel> settings_;
    result_handler done_;
    core::secret authorization_;
};

}  // namespace tunnelkeyd::app
