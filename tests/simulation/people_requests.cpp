#include "simulation/people.hpp"

#include <array>
#include <utility>

// What they ask of the daemon while it runs, as its control socket does.
namespace tunnelkeyd::simulation {

using namespace std::chrono_literals;

namespace {

constexpr const char* who = "root";

}  // namespace

bool people::can_ask() const {
    return world_.is_running() && !world_.supervisor().is_draining();
}

void people::ask() {
    if (!can_ask())
        return;
    // Whoever looks at `status` sees open gaps first.
    for (const auto& each : sites_) {
        const auto record = world_.journal.records.find(each->settings.id());
        if (!each->retired && record != world_.journal.records.end() && record->second.open && by_.happens(0.5))
            return finish_by_hand(*each);
    }
    auto* where = some_site();
    if (!where || !where->configured)
        return;
    if (how_.paused > 0 && by_.happens(0.3))
        pause(*where, by_.happens(0.3));
    else
        ask_for_rotation(*where);
}

void people::ask_for_rotation(site& where) {
    watch_.asked_for_rotation(where);
    world_.supervisor().rotate(where.settings.hostname, who);
}

void people::pause(site& where, bool pause) {
    watch_.happens(where.settings.hostname, pause ? "people: pause it, live" : "people: let it go on, live");
    watch_.paused_or_resumed(where);
    world_.supervisor().pause(where.settings.hostname, pause, who,
                              [this, &where](const auto&) { watch_.paused_or_resumed(where); });
}

void people::pause_for_a_while(const std::string& hostname) {
    auto* where = site_of(hostname);
    if (!where || !where->configured || where->retired || !can_ask())
        return;
    pause(*where, true);
    world_.loop.post(by_.about(std::chrono::days(2)), [this, where] {
        if (can_ask() && where->configured)
            pause(*where, false);
    });
}

/// They have the key shown, install it, and come back later to say so.
void people::finish_by_hand(site& where) {
    const auto& hostname = where.settings.hostname;
    if (by_.happens(0.2))
        return ask_for_rotation(where);
    world_.supervisor().reveal(
        hostname, who, [&where, this](const core::result_of<core::revealed_key>& answer) {
            const auto* key = std::get_if<core::revealed_key>(&answer);
            if (key == nullptr)
                return;
            auto& instance = world_.instances.at(where.url.text());
            const auto number = key->pending.number;
            if (instance.unwanted.contains(std::string(key->key->reveal())) || by_.happens(0.2)) {
                resolve(where, core::resolution::regenerate, number);
                return;
            }
            watch_.happens(where.settings.hostname, "people: install its key by hand");
            instance.key = std::string(key->key->reveal());
            const auto later = by_.one_of(std::array<core::duration, 4>{0ms, 1min, 5min, 40min});
            world_.loop.post(later, [this, &where, number] {
                if (can_ask())
                    resolve(where, core::resolution::installed, number);
            });
        });
}

void people::resolve(site& where, core::resolution how, std::uint64_t number) {
    if (mistakes_.happens(0.3))
        mistake_number(where, how, number);
    const bool gives_up = how == core::resolution::regenerate;
    watch_.happens(where.settings.hostname,
                   gives_up ? "people: give its key up" : "people: say it is installed");
    const auto answer = world_.supervisor().resolve(where.settings.hostname, how, number, who);
    if (gives_up && std::holds_alternative<core::resolve_report>(answer))
        watch_.gave_up_key(where);
}

/// A digit too many: no key ever has that number.
void people::mistake_number(const site& where, core::resolution how, std::uint64_t number) {
    watch_.happens(where.settings.hostname, "people: mistake its key's number");
    const auto answer = world_.supervisor().resolve(where.settings.hostname, how, number + 1'000'000, who);
    if (std::holds_alternative<core::resolve_report>(answer))
        watch_.took_another_number(where);
}

}  // namespace tunnelkeyd::simulation
