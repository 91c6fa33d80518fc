#include "app/preflight_run.hpp"

#include "app/credentials.hpp"

#include <utility>

namespace tunnelkeyd::app {

using check = core::preflight_failure::check;

namespace {

// Before anything is sent the intent is synced anyway.
constexpr core::duration store_answer_lasts = std::chrono::seconds(10);

}  // namespace

preflight_run::preflight_run(const outside& world, organization_desk& desk,
                             std::shared_ptr<const core::tunnel> settings, result_handler done)
    : world_(world), desk_(desk), settings_(std::move(settings)), done_(std::move(done)) {
}

void preflight_run::start() {
    world_.journal.probe(store_answer_lasts, [this](const std::string& error) {
        if (!error.empty())
            return end(core::preflight_failure{check::store, "the state store takes no durable write: " + error,
                                               "see to the disk that holds state.directory", std::nullopt});
        check_secrets();
    });
}

void preflight_run::check_secrets() {
    auto read = read_credentials(world_.secrets, settings_->instance.auth);
    if (const auto* error = std::get_if<ports::secret_error>(&read))
        return end(
            core::preflight_failure{check::secret, "instance.auth: " + error->message, "", std::nullopt});
    for (const auto& missing :
         {world_.cloud.missing_secret(), world_.instance.missing_secret(settings_->instance)})
        if (!missing.empty())
            return end(core::preflight_failure{check::secret, missing, "", std::nullopt});
    authorization_ = std::get<core::secret>(std::move(read));
    check_api_key();
}

void preflight_run::check_api_key() {
    desk_.check_api_key(settings_->organization, settings_->retry,
                        [this](std::optional<core::preflight_failure> failure) {
                            if (failure)
                                return end(std::move(failure));
                            check_status();
                        });
}

void preflight_run::check_status() {
    if (!settings_->instance.preflight.status)
        return check_credentials();
    world_.instance.read_status(settings_->instance, [this](const core::exchange& seen) {
        world_.metrics.request_ended(ports::endpoint::status, seen);
        if (auto failure = core::judge_status(seen, world_.clock.now().wall))
            return end(std::move(failure));
        check_credentials();
    });
}

void preflight_run::check_credentials() {
    if (!settings_->instance.preflight.credentials)
        return end(std::nullopt);
    world_.instance.who_am_i(settings_->instance, authorization_, [this](const core::exchange& seen) {
        world_.metrics.request_ended(ports::endpoint::whoami, seen);
        auto failure = core::judge_whoami(seen, world_.clock.now().wall);
        if (failure)
            failure->problem = without_credentials(std::move(failure->problem), authorization_);
        end(std::move(failure));
    });
}

void preflight_run::end(std::optional<core::preflight_failure> failure) {
    authorization_ = {};
    const auto done = std::move(done_);  // which may destroy this object
    done(std::move(failure));
}

}  // namespace tunnelkeyd::app
