#include "app/rotator.hpp"

#include "app/credentials.hpp"

#include <utility>
#include <variant>

namespace tunnelkeyd::app {

namespace {

/// A request that could not even be made, for want of a secret.
core::exchange not_sent(std::string problem) {
    core::exchange seen;
    seen.hindrance = core::hindrance::own;
    seen.problem = std::move(problem);
    return seen;
}

}  // namespace

rotator::rotator(const outside& world, host& owner, core::tunnel_record record,
                 std::shared_ptr<const core::tunnel> settings, const core::cloud_settings& cloud)
    : world_(world), owner_(owner), cloud_(cloud), rotation_(std::move(record), std::move(settings)) {
}

void rotator::resume(core::rotation::restart how) {
    auto action = rotation_.resume(how, guards_of_pending_key(), world_.clock.now(), world_.random.uniform());
    for (const auto& event : rotation_.take_notices())
        log(event);
    perform(std::move(action));
}

core::guard_finding rotator::guards_of_pending_key() const {
    const auto& key = rotation_.record().key;
    return key ? owner_.guards_of(settings(), key->on_premise_url) : core::guard_finding{};
}

void rotator::reconfigure(std::shared_ptr<const core::tunnel> settings, bool own) {
    rotation_.configure(std::move(settings));
    reconfigured(own);
}

void rotator::reconfigured(bool own) {
    step(core::event::reconfigured{guards_of_pending_key(), own});
}

void rotator::step(core::rotation_event event) {
    auto action = rotation_.step(std::move(event), world_.clock.now(), world_.random.uniform());
    for (const auto& notice : rotation_.take_notices())
        log(notice);
    perform(std::move(action));
    owner_.stepped(*this);
}

void rotator::perform(core::rotation_action action) {
    std::visit([this](auto&& what) { perform(std::move(what)); }, std::move(action));
}

void rotator::run_preflight() {
    preflight_ =
        std::make_unique<preflight_run>(world_, owner_.desk_of(settings()), rotation_.shared_settings(),
                                        [this](std::optional<core::preflight_failure> failure) {
                                            const auto ended = std::move(preflight_);
                                            owner_.preflighted(*this, failure);
                                            step(core::event::preflighted{std::move(failure)});
                                        });
    preflight_->start();
}

void rotator::perform(core::action::save save) {
    if (save.ended && !save.again) {
        world_.metrics.rotation_ended(*save.ended);
        owner_.rotation_ended(*this, *save.ended);
    }
    world_.journal.save(rotation_.record(), std::move(save.ended),
                        [this](const std::string& error) { step(core::event::saved{error}); });
}

void rotator::perform(core::action::regenerate regenerate) {
    auto api_key = read_token(world_.secrets, settings().organization.api_key);
    if (const auto* error = std::get_if<ports::secret_error>(&api_key))
        return regenerated(not_sent("organizations[].api_key: " + error->message));
    world_.cloud.regenerate(settings().id(), std::get<core::secret>(api_key),
                            core::regenerate_timeout(cloud_.timeout.request, regenerate.timeouts_in_a_row),
                            [this](const core::exchange& seen) {
                                world_.metrics.request_ended(ports::endpoint::regenerate, seen);
                                regenerated(seen);
                            });
}

void rotator::log_exchange(std::string_view call, core::duration took, std::string outcome) const {
    log({core::log_level::debug,
         "http.exchange",
         std::move(outcome),
         {{"call", std::string(call)}, {"took_ms", std::to_string(took.count())}}});
}

void rotator::regenerated(const core::exchange& seen) {
    auto verdict = core::judge_regenerate(seen, world_.clock.now().wall);
    const auto outcome = core::describe(seen);
    log_exchange("regenerate", seen.took, verdict.key ? core::redacted(outcome, *verdict.key) : outcome);
    owner_.regenerate_answered(*this, verdict);
    auto guards = owner_.guards_of(settings(), verdict.on_premise_url);
    step(core::event::regenerated{std::move(verdict), std::move(guards)});
}

void rotator::perform(core::action::install) {
    auto read = read_credentials(world_.secrets, settings().instance.auth);
    if (const auto* error = std::get_if<ports::secret_error>(&read))
        return install_answered(not_sent("instance.auth: " + error->message), {});
    auto authorization =
        std::make_shared<const ports::credentials>(std::get<ports::credentials>(std::move(read)));
    world_.instance.install(settings().instance, *authorization, rotation_.record().key->key,
                            [this, authorization](const core::exchange& seen) {
                                world_.metrics.request_ended(ports::endpoint::install, seen);
                                install_answered(seen, *authorization);
                            });
}

void rotator::install_answered(const core::exchange& seen, const ports::credentials& authorization) {
    const auto& key = *rotation_.record().key->key;
    const auto safe = [&](std::string text) {
        return without_credentials(core::redacted(std::move(text), key), authorization);
    };
    log_exchange("install", seen.took, safe(core::describe(seen)));
    auto verdict = core::judge_install(seen, world_.clock.now().wall);
    verdict.why = safe(std::move(verdict.why));
    verdict.name = safe(std::move(verdict.name));
    step(core::event::install_answered{std::move(verdict)});
}

}  // namespace tunnelkeyd::app
