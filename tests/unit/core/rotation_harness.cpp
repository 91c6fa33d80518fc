#include "rotation_harness.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <utility>

namespace tunnelkeyd::core::testing {

namespace {

tunnel_record never_rotated(const tunnel& settings) {
    tunnel_record record;
    record.id = settings.id();
    record.first_seen = start_of_time;
    return record;
}

}  // namespace

rotation_harness::rotation_harness(tunnel settings) : rotation_harness(settings, never_rotated(settings)) {
}

rotation_harness::rotation_harness(tunnel settings, tunnel_record found, rotation::restart how)
    : disk(std::move(found)), settings_(std::move(settings)) {
    start(how, {});
}

void rotation_harness::start(rotation::restart how, const guard_finding& guards) {
    machine.emplace(disk, shared(settings_));
    took(machine->resume(how, guards, now, chance));
}

void rotation_harness::crash(duration downtime, rotation::restart how, guard_finding guards) {
    pass(downtime);
    start(how, guards);
}

void rotation_harness::step(rotation_event event) {
    took(machine->step(std::move(event), now, chance));
}

void rotation_harness::took(rotation_action next) {
    const bool goes_on = !machine->is_idle() && machine->where() != rotation::phase::held;
    if (!std::holds_alternative<action::none>(next) || !goes_on)
        action = std::move(next);
    for (auto& said : machine->take_notices())
        notices.push_back(std::move(said));
    if (std::holds_alternative<action::none>(next))
        return check();
    if (wants<action::regenerate>()) {
        ++regenerates;
        CHECK(disk.open);
        CHECK(disk.open->intent);
        CHECK(disk.generation > last_generation_sent_);
        last_generation_sent_ = disk.generation;
    }
    if (wants<action::install>())
        sent.push_back(pending());
    check();
}

void rotation_harness::check() const {
    check_secrecy(record().last_error);
    check_secrecy(record().name);
    if (record().open)
        check_secrecy(record().open->settings + record().open->instance_url);
    if (record().key)
        check_secrecy(record().key->name + record().key->on_premise_url);
    if (const auto* save = std::get_if<action::save>(&action); save && save->ended)
        check_secrecy(save->ended->error);
    for (const auto& said : notices) {
        check_secrecy(said.message);
        CHECK_FALSE(said.message.empty());
        for (const auto& [name, value] : said.fields)
            check_secrecy(value);
    }
    CHECK((!record().key || record().open));
    CHECK((record().open.has_value() == machine->gap_open()));
}

void rotation_harness::check_secrecy(const std::string& text) const {
    for (const auto& key : keys_)
        CHECK(text.find(key) == std::string::npos);
}

void rotation_harness::begin(reason why) {
    step(event::begin{why});
}

void rotation_harness::pass_preflight() {
    REQUIRE(wants<action::preflight>());
    step(event::preflighted{});
}

void rotation_harness::fail_preflight(preflight_failure::check at, std::optional<duration> retry_after) {
    REQUIRE(wants<action::preflight>());
    step(event::preflighted{preflight_failure{at, "a problem", "a remedy", retry_after}});
}

void rotation_harness::permit() {
    REQUIRE(wants<action::await_permit>());
    step(event::permitted{});
}

void rotation_harness::save() {
    REQUIRE(wants<action::save>());
    disk = record();
    if (const auto& ended = std::get<action::save>(action).ended)
        history.push_back(*ended);
    step(event::saved{});
}

void rotation_harness::fail_save() {
    REQUIRE(wants<action::save>());
    step(event::saved{"disk full"});
}

void rotation_harness::mint(const std::string& key, guard_finding guards, const std::string& name) {
    REQUIRE(wants<action::regenerate>());
    keys_.push_back(key);
    const auto seen = reply(200, R"({"token": ")" + key + R"(", "name": ")" + name + R"("})");
    step(event::regenerated{judge_regenerate(seen, now.wall), std::move(guards)});
}

void rotation_harness::regenerate_answers(unsigned status, std::optional<duration> retry_after) {
    REQUIRE(wants<action::regenerate>());
    auto verdict = judge_regenerate(reply(status), now.wall);
    verdict.retry_after = retry_after;
    step(event::regenerated{std::move(verdict), {}});
}

void rotation_harness::regenerate_times_out() {
    REQUIRE(wants<action::regenerate>());
    step(event::regenerated{judge_regenerate(no_reply(reached::interrupted, true), now.wall), {}});
}

void rotation_harness::cannot_connect(hindrance of) {
    REQUIRE(wants<action::regenerate>());
    auto seen = no_reply(reached::nothing);
    seen.hindrance = of;
    step(event::regenerated{judge_regenerate(seen, now.wall), {}});
}

void rotation_harness::install_answers(unsigned status, std::optional<duration> retry_after) {
    REQUIRE(wants<action::install>());
    auto verdict = judge_install(reply(status), now.wall);
    verdict.retry_after = retry_after;
    step(event::install_answered{std::move(verdict)});
}

void rotation_harness::install_accepted(const std::string& name) {
    REQUIRE(wants<action::install>());
    step(event::install_answered{judge_install(reply(200, R"({"name": ")" + name + R"("})"), now.wall)});
}

void rotation_harness::install_times_out() {
    REQUIRE(wants<action::install>());
    step(event::install_answered{judge_install(no_reply(reached::interrupted, true), now.wall)});
}

void rotation_harness::install_hindered(hindrance of) {
    REQUIRE(wants<action::install>());
    auto seen = no_reply(reached::nothing);
    seen.hindrance = of;
    step(event::install_answered{judge_install(seen, now.wall)});
}

duration rotation_harness::sleeps_for() const {
    REQUIRE(wants<action::sleep>());
    return std::get<action::sleep>(action).until - now.steady;
}

void rotation_harness::wake() {
    pass(std::max(duration(0), sleeps_for()));
    step(event::woken{});
}

void rotation_harness::request() {
    step(event::requested{});
}

void rotation_harness::resolve(resolution how) {
    step(event::resolved{how, "root"});
}

void rotation_harness::reconfigure(tunnel settings, guard_finding guards) {
    settings_ = std::move(settings);
    machine->configure(shared(settings_));
    step(event::reconfigured{std::move(guards), true});
}

void rotation_harness::reload_others(guard_finding guards) {
    step(event::reconfigured{std::move(guards), false});
}

void rotation_harness::to_permit(reason why) {
    begin(why);
    pass_preflight();
    REQUIRE(wants<action::await_permit>());
}

void rotation_harness::to_regenerate(reason why) {
    to_permit(why);
    permit();
    save();
    REQUIRE(wants<action::regenerate>());
}

void rotation_harness::to_install(const std::string& key, reason why) {
    to_regenerate(why);
    mint(key);
    save();
    REQUIRE(wants<action::install>());
}

void rotation_harness::rotate(const std::string& key, reason why) {
    to_regenerate(why);
    finish(key);
}

void rotation_harness::regenerate_again() {
    if (wants<action::save>())
        save();
    if (wants<action::sleep>())
        wake();
    if (wants<action::preflight>())
        pass_preflight();
    permit();
    save();
    REQUIRE(wants<action::regenerate>());
}

void rotation_harness::finish(const std::string& key) {
    mint(key);
    save();
    install_accepted();
    save();
    REQUIRE(machine->is_idle());
}

void rotation_harness::pass(duration length) {
    now.wall += length;
    now.steady += length;
}

std::size_t rotation_harness::times_said(std::string_view name) const {
    return static_cast<std::size_t>(
        std::count_if(notices.begin(), notices.end(), [&](const notice& said) { return said.name == name; }));
}

const notice& rotation_harness::last_said(std::string_view name) const {
    const auto found =
        std::find_if(notices.rbegin(), notices.rend(), [&](const notice& said) { return said.name == name; });
    REQUIRE(found != notices.rend());
    return *found;
}

std::string rotation_harness::pending() const {
    return record().key && record().key->key ? std::string(record().key->key->reveal()) : std::string();
}

}  // namespace tunnelkeyd::core::testing
