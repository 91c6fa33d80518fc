#include "app/examination_run.hpp"

#include "app/credentials.hpp"
#include "core/examination.hpp"

#include <utility>

namespace tunnelkeyd::app {

namespace {

// Many are examined in a row, and a person waits.
constexpr core::duration store_answer_lasts = std::chrono::seconds(1);

}  // namespace

examination_run::examination_run(const outside& world, cloud_examiner& cloud,
                                 std::shared_ptr<const core::tunnel> settings, result_handler done)
    : world_(world), cloud_(cloud), settings_(std::move(settings)), done_(std::move(done)) {
    found_.tunnel = settings_->name;
}

void examination_run::start() {
    world_.journal.probe(store_answer_lasts,
                         [this](const std::string& error) { start(core::examine_store(error)); });
}

void examination_run::start(core::check_line store) {
    found_.lines.push_back(std::move(store));
    cloud_.examine(settings_->organization,
                   [this](const cloud_examiner::answer& found) { read_secrets(found); });
}

void examination_run::read_secrets(const cloud_examiner::answer& found) {
    auto& lines = found_.lines;
    lines.push_back(found.secret);
    auto read = read_credentials(world_.secrets, settings_->instance.auth);
    const auto* error = std::get_if<ports::secret_error>(&read);
    lines.push_back(core::examine_secret(settings_->instance, error ? error->message : ""));
    if (auto* value = std::get_if<core::secret>(&read))
        authorization_ = std::move(*value);
    lines.insert(lines.end(), found.cloud.begin(), found.cloud.end());
    find_way();
}

void examination_run::find_way() {
    world_.instance.examine(settings_->instance, [this](const core::way& found) {
        auto lines = core::examine_instance_way(found, world_.clock.now().wall);
        for (auto& each : lines)
            found_.lines.push_back(std::move(each));
        ask_state();
    });
}

void examination_run::ask_state() {
    if (skips("instance_state", settings_->instance.preflight.status, "preflight.status"))
        return ask_credentials();
    world_.instance.read_status(settings_->instance, [this](core::exchange seen) {
        world_.metrics.request_ended(ports::endpoint::status, seen);
        found_.lines.push_back(core::examine_state(seen, world_.clock.now().wall));
        ask_credentials();
    });
}

void examination_run::ask_credentials() {
    if (skips("credentials", settings_->instance.preflight.credentials, "preflight.credentials"))
        return end();
    world_.instance.who_am_i(settings_->instance, authorization_, [this](core::exchange seen) {
        world_.metrics.request_ended(ports::endpoint::whoami, seen);
        found_.lines.push_back(core::examine_credentials(without_credentials(std::move(seen), authorization_),
                                                         world_.clock.now().wall));
        end();
    });
}

void examination_run::end() {
    authorization_ = {};
    const auto now = world_.clock.now().wall;
    found_.lines.push_back(core::examine_expiry(settings_->organization, now));
    found_.lines.push_back(core::examine_expiry(settings_->instance, now));
    const auto done = std::move(done_);  // which may destroy this object
    done(std::move(found_));
}

bool examination_run::skips(std::string_view check, bool wanted, const char* setting) {
    auto skipped =
        wanted ? core::prevented(check, found_.lines) : core::skip(check, std::string(setting) + " is false");
    if (!skipped)
        return false;
    found_.lines.push_back(std::move(*skipped));
    return true;
}

}  // namespace tunnelkeyd::app
