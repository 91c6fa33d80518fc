#include "core/forecast_notes.hpp"

#include "core/count_text.hpp"
#include "core/forecast_parts.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <utility>

namespace tunnelkeyd::core {

namespace {

constexpr std::size_t names_shown = 5;
constexpr std::size_t notes_shown = 10;

using std::chrono::floor;
using std::chrono::hours;
using std::chrono::minutes;
using subjects = std::span<const forecast_tunnel>;
using rotation_list = std::span<const expected_rotation>;

/// The fullest of equal parts of time. Times come in order.
template <class Part>
struct busiest {
    wall_time at{};
    std::size_t count = 0;

    void add(wall_time when) {
        const wall_time part = floor<Part>(when);
        in_current_ = part == current_ ? in_current_ + 1 : 1;
        current_ = part;
        if (in_current_ > count) {
            count = in_current_;
            at = part;
        }
    }

private:
    wall_time current_ = wall_time::min();
    std::size_t in_current_ = 0;
};

struct load {
    const organization* of = nullptr;
    busiest<hours> hour;
    busiest<minutes> minute;
};

std::vector<load> loads(subjects tunnels, rotation_list found) {
    std::map<std::string_view, load> by_id;
    std::vector<load*> of_tunnel;
    for (const auto& each : tunnels) {
        auto& entry = by_id[each.settings->organization.id];
        entry.of = &each.settings->organization;
        of_tunnel.push_back(&entry);
    }
    for (const auto& each : found) {
        of_tunnel[each.tunnel]->hour.add(each.at);
        of_tunnel[each.tunnel]->minute.add(each.at);
    }
    std::vector<load> all;
    for (auto& [id, entry] : by_id)
        all.push_back(entry);
    return all;
}

std::string requests_of(std::size_t rotations) {
    return "about " + std::to_string(rotations * admin_api_requests_per_rotation) + " requests";
}

void note_load(std::vector<std::string>& into, subjects tunnels, rotation_list found,
               unsigned requests_per_minute) {
    if (found.empty()) {
        into.emplace_back("no rotation is due within this time");
        return;
    }
    const auto all = loads(tunnels, found);
    const auto& most = *std::max_element(
        all.begin(), all.end(), [](const load& a, const load& b) { return a.hour.count < b.hour.count; });
    into.push_back("the busiest hour begins at " + to_iso8601(most.hour.at) + ": " +
                   count_text(most.hour.count, "rotation") + " of " + most.of->name + ", " +
                   requests_of(most.hour.count) + " to the admin API, of which an organization sends " +
                   std::to_string(requests_per_minute) + " a minute (cloud.requests_per_minute)");
    std::vector<std::string> too_busy;
    for (const auto& each : all)
        if (each.minute.count * admin_api_requests_per_rotation > requests_per_minute)
            too_busy.push_back("at " + to_iso8601(each.minute.at) + " " +
                               count_text(each.minute.count, "rotation") + " of " + each.of->name +
                               " come within a minute, " + requests_of(each.minute.count) +
                               ": some of them wait for cloud.requests_per_minute; more jitter spreads them");
    put_some(into, std::move(too_busy));
}

void note_windows(std::vector<std::string>& into, subjects tunnels, rotation_list found) {
    std::vector<bool> delayed(tunnels.size());
    const expected_rotation* longest = nullptr;
    for (const auto& each : found) {
        if (each.shut_out == duration(0))
            continue;
        delayed[each.tunnel] = true;
        if (longest == nullptr || each.shut_out > longest->shut_out)
            longest = &each;
    }
    if (longest == nullptr)
        return;
    into.push_back("windows delay rotations of " +
                   std::to_string(std::count(delayed.begin(), delayed.end(), true)) + " of " +
                   count_text(tunnels.size(), "tunnel") + ", at most by " + to_short_string(longest->shut_out) +
                   " (" + tunnels[longest->tunnel].settings->name + ")");
}

void note_credentials(std::vector<std::string>& into, subjects tunnels, rotation_list found) {
    std::vector<bool> told(tunnels.size());
    std::vector<std::string> notes;
    for (const auto& each : found) {
        const auto& settings = *tunnels[each.tunnel].settings;
        const auto ends = settings.instance.auth_expires;
        if (!ends || each.at < *ends || told[each.tunnel])
            continue;
        told[each.tunnel] = true;
        notes.push_back(settings.name + ": the instance credential ends on " + to_date(*ends) +
                        ", and the rotation at " + to_iso8601(each.at) +
                        " needs it: renew it, and correct instance.auth.expires");
    }
    put_some(into, std::move(notes));
}

void note_api_keys(std::vector<std::string>& into, subjects tunnels, rotation_list found) {
    struct need {
        const organization* of;
        wall_time first;
        std::size_t count;
    };
    std::map<std::string_view, need> needs;
    for (const auto& each : found) {
        const auto& organization = tunnels[each.tunnel].settings->organization;
        if (organization.api_key_expires && each.at >= *organization.api_key_expires)
            ++needs.try_emplace(organization.id, need{&organization, each.at, 0}).first->second.count;
    }
    std::vector<std::string> notes;
    for (const auto& [id, each] : needs)
        notes.push_back(each.of->name + ": the organization's API key ends on " +
                        to_date(*each.of->api_key_expires) + ", and " + count_text(each.count, "rotation") +
                        " from " + to_iso8601(each.first) +
                        " on need it: make a new one, and correct api_key_expires");
    put_some(into, std::move(notes));
}

void note_states(std::vector<std::string>& into, subjects tunnels) {
    std::vector<const tunnel*> paused;
    std::vector<const tunnel*> open;
    for (const auto& each : tunnels) {
        if (each.record == nullptr)
            continue;
        if (each.record->paused_at)
            paused.push_back(each.settings);
        if (each.record->open)
            open.push_back(each.settings);
    }
    if (!paused.empty())
        into.push_back(count_text(paused.size(), "tunnel") +
                       " paused, without rotations until resumed: " + name_some(paused));
    if (!open.empty())
        into.push_back(count_text(open.size(), "key gap") +
                       " open, and gone on with at once, unless held, whatever schedule and windows say: " +
                       name_some(open));
}

/// The jitter of `every` follows from the millisecond at which the last rotation succeeded.
void note_examples(std::vector<std::string>& into, subjects tunnels, rotation_list found) {
    std::vector<unsigned> seen(tunnels.size());
    for (const auto& each : found)
        ++seen[each.tunnel];
    std::vector<const tunnel*> vague;
    for (std::size_t i = 0; i < tunnels.size(); ++i)
        if (const auto& plan = tunnels[i].settings->schedule;
            !plan.cron && plan.jitter > duration(0) && seen[i] > 1)
            vague.push_back(tunnels[i].settings);
    if (!vague.empty())
        into.push_back(
            "with `every` and jitter only a tunnel's next rotation is known to the second; those behind "
            "it are an example within the jitter: " +
            name_some(vague));
}

}  // namespace

std::string name_some(const std::vector<const tunnel*>& tunnels) {
    std::string text;
    const auto shown = std::min(tunnels.size(), names_shown);
    for (std::size_t i = 0; i < shown; ++i)
        text += (i == 0 ? "" : ", ") + tunnels[i]->name;
    if (shown < tunnels.size())
        text += " and " + std::to_string(tunnels.size() - shown) + " more";
    return text;
}

void put_some(std::vector<std::string>& into, std::vector<std::string> notes) {
    const auto shown = std::min(notes.size(), notes_shown);
    into.insert(into.end(), std::make_move_iterator(notes.begin()),
                std::make_move_iterator(notes.begin() + static_cast<std::ptrdiff_t>(shown)));
    if (shown < notes.size())
        into.push_back("... and " + std::to_string(notes.size() - shown) + " more like these");
}

std::vector<std::string> forecast_notes(std::span<const forecast_tunnel> tunnels,
                                        std::span<const expected_rotation> rotations,
                                        const forecast_range& range, unsigned requests_per_minute) {
    std::vector<std::string> notes;
    note_load(notes, tunnels, rotations, requests_per_minute);
    note_windows(notes, tunnels, rotations);
    note_credentials(notes, tunnels, rotations);
    note_api_keys(notes, tunnels, rotations);
    put_some(notes, clock_change_notes(tunnels, range));
    note_states(notes, tunnels);
    note_examples(notes, tunnels, rotations);
    return notes;
}

}  // namespace tunnelkeyd::core
