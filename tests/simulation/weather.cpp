#include "simulation/weather.hpp"

#include "simulation/site.hpp"

#include <array>

namespace tunnelkeyd::simulation {

using namespace std::chrono_literals;
using tests::call;
using tests::fault;

namespace {

bool is_of_cloud(call what) {
    return what == call::organization || what == call::regenerate;
}

fault answer(unsigned status, std::string body, std::string content_type = "application/json") {
    auto how = fault::answer(status);
    how.body = std::move(body);
    how.content_type = std::move(content_type);
    return how;
}

}  // namespace

weather::weather(tests::fake_world& world, watch& observer, const temper& how, std::uint64_t seed)
    : world_(world), watch_(observer), how_(how), by_(seed, 2) {
    world.wire.chance = [this](const std::string& target, call what) { return fault_of(target, what); };
    world.journal.fails = [this](const auto&, const auto&) {
        return world_.loop.now().steady < store_fails_until_ || by_.happens(how_.write_fails);
    };
    world.journal.failed_writes_stay = how.failed_writes_stay;
}

void weather::clear() {
    spells_.clear();
    world_.wire.chance = nullptr;
    world_.journal.fails = nullptr;
    world_.journal.probe_fails = false;
}

core::steady_time weather::some_time_on() {
    return world_.loop.now().steady + by_.about(how_.trouble_lasts);
}

void weather::trouble_at_cloud(const std::string& organization_id) {
    watch_.happens("", "cloud: trouble in " + organization_id);
    spells_[organization_id] = {any_trouble(call::regenerate), some_time_on(), some_wait()};
}

void weather::trouble_at_instance(const std::string& hostname) {
    watch_.happens(hostname, "instance: trouble");
    spells_[hostname] = {any_trouble(call::install), some_time_on(), by_.happens(0.2) ? some_wait() : ""};
}

void weather::trouble_with_store() {
    store_fails_until_ = some_time_on();
    world_.journal.probe_fails = true;
    watch_.happens("", "disk: full");
    world_.loop.post(store_fails_until_ - world_.loop.now().steady, [this] {
        if (world_.loop.now().steady < store_fails_until_)
            return;
        world_.journal.probe_fails = false;
        watch_.trouble_everywhere();
    });
}

weather::trouble weather::any_trouble(call of) {
    if (is_of_cloud(of))
        return by_.one_of(std::array{trouble::refuses, trouble::swallows, trouble::loses_requests,
                                     trouble::loses_replies, trouble::gateway, trouble::rate_limits,
                                     trouble::forbids, trouble::no_token, trouble::slow});
    return by_.one_of(std::array{trouble::refuses, trouble::swallows, trouble::loses_requests,
                                 trouble::loses_replies, trouble::gateway, trouble::maintenance,
                                 trouble::starting, trouble::login_page, trouble::not_found, trouble::rejects,
                                 trouble::slow});
}

/// What Retry-After says.
std::string weather::some_wait() {
    return by_.one_of(std::array{"", "30", "600", "7200", "100000", "soon"});
}

/// The cloud counts what was asked for an organization within the last minute.
std::optional<fault> weather::over_limit(const std::string& organization_id) {
    const auto now = world_.loop.now().steady;
    auto& asked = asked_[organization_id];
    while (!asked.empty() && now - asked.front() >= core::duration(1min))
        asked.pop_front();
    asked.push_back(now);
    if (asked.size() <= how_.allowed_per_minute)
        return std::nullopt;
    if (how_.allowed_per_minute == how_.requests_per_minute)
        watch_.too_many_requests(organization_id);
    const auto wait = std::chrono::ceil<std::chrono::seconds>(asked.front() + 1min - now);
    return fault::answer(429, std::to_string(wait.count()));
}

fault weather::fault_of(const std::string& target, call what) {
    if (is_of_cloud(what))
        if (auto refused = over_limit(what == call::regenerate ? organizations_.at(target) : target))
            return std::move(*refused);
    if (!spells_.empty()) {
        const auto organization = organizations_.find(target);
        const auto& key =
            what == call::regenerate && organization != organizations_.end() ? organization->second : target;
        if (const auto found = spells_.find(key); found != spells_.end()) {
            if (world_.loop.now().steady >= found->second.until)
                spells_.erase(found);
            else if (by_.happens(0.9))
                return fault_of(found->second.what, what, found->second.retry_after);
        }
    }
    if (how_.request_fails == 0 || !by_.happens(how_.request_fails))
        return {};
    const auto kind = any_trouble(what);
    const auto wait = by_.happens(0.1) ? some_wait() : std::string();
    return fault_of(kind, what, wait);
}

fault weather::fault_of(trouble what, call of, const std::string& retry_after) {
    switch (what) {
    case trouble::refuses:
        return by_.happens(0.1) ? fault::alert() : fault::no_connection();
    case trouble::swallows:
        return fault::dead();
    case trouble::loses_requests:
        return lost(false);
    case trouble::loses_replies:
        return lost(true);
    case trouble::gateway:
        return at_gateway(of, retry_after);
    case trouble::rate_limits:
        return fault::answer(429, retry_after);
    case trouble::slow: {
        fault how;
        how.heard_after = by_.up_to(of == call::status ? 9s : 55s);
        return how;
    }
    case trouble::forbids:
        return fault::answer(by_.one_of(std::array{403U, 404U, 302U}));
    case trouble::no_token: {
        auto how = answer(200, by_.one_of(std::array{"{}", "{\"token\": ", "<html>", R"({"token": ""})"}));
        if (of == call::regenerate)
            how.what = fault::kind::late;  // at once
        return how;
    }
    case trouble::maintenance: {
        auto how = answer(503, R"({"state": "MAINTENANCE"})");
        how.retry_after = retry_after;
        return how;
    }
    case trouble::starting:
        return of == call::status ? answer(200, R"({"state": "STARTING"})") : fault::answer(404);
    case trouble::login_page:
        return of == call::status ? fault{} : by_.happens(0.5) ? fault::login_page() : fault::answer(302);
    case trouble::not_found:
        return of == call::install ? fault::answer(by_.one_of(std::array{404U, 405U, 410U})) : fault{};
    case trouble::rejects:
        if (of != call::install)
            return {};
        return by_.happens(0.3) ? lost(true) : fault::answer(by_.one_of(std::array{400U, 422U}));
    }
    return {};
}

/// The request, or only its reply; the connection breaks, or nothing more is heard.
fault weather::lost(bool takes_effect) {
    fault how = takes_effect ? fault::lost_after() : fault::lost_before();
    if (by_.happens(0.5))
        how.heard_after.reset();
    if (by_.happens(how_.late)) {
        how.what = fault::kind::late;
        how.effect_after = by_.up_to(settle - 1s);
    }
    return how;
}

fault weather::at_gateway(call of, const std::string& retry_after) {
    auto how = fault::answer(by_.one_of(std::array{500U, 502U, 503U, 504U, 408U, 425U, 499U}), retry_after);
    // "Too early": not looked at.
    const bool changes = of == call::regenerate || (of == call::install && how.status != 425);
    if (changes && by_.happens(std::max(0.3, how_.late))) {
        how.what = fault::kind::late;
        how.effect_after = by_.happens(0.5) ? core::duration(5) : by_.up_to(settle - 1s);
    }
    return how;
}

}  // namespace tunnelkeyd::simulation
