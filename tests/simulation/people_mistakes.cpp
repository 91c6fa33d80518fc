#include "simulation/people.hpp"

#include <utility>

// What they do wrong, and put right later.
namespace tunnelkeyd::simulation {

namespace {

constexpr core::duration usual_mending = std::chrono::hours(20);

}  // namespace

/// By mistake, each is told to be where the other is.
void people::swap(site& one, site& other) {
    // A guard can only know a tunnel's instance by the URL that the cloud names.
    if (!one.configured || !other.configured || one.settings.instance.url != one.url ||
        other.settings.instance.url != other.url)
        return;
    watch_.happens(one.settings.hostname, "people: swap it with " + other.settings.hostname);
    watch_.happens(other.settings.hostname, "people: swap it with " + one.settings.hostname);
    std::swap(one.settings.instance.url, other.settings.instance.url);
    std::swap(one.settings.instance.auth, other.settings.instance.auth);
    one.misplaced = other.misplaced = true;
    mend_later(
        [&one, &other] {
            std::swap(one.settings.instance.url, other.settings.instance.url);
            std::swap(one.settings.instance.auth, other.settings.instance.auth);
            one.misplaced = other.misplaced = false;
        },
        true);
}

void people::be_too_strict(site& where) {
    watch_.happens(where.settings.hostname, "people: expect another onPremiseUrl");
    where.settings.instance.on_premise_url = core::parse_base_url("https://elsewhere.example");
    where.misplaced = true;
    mend_later(
        [&where] {
            where.settings.instance.on_premise_url.reset();
            where.misplaced = false;
        },
        true);
}

void people::spoil_credentials() {
    auto* where = some_site();
    if (!where)
        return;
    switch (by_.pick(3)) {
    case 0:
        return spoil_token(*where);
    case 1:
        return spoil_api_key(where->settings.organization.name);
    default:
        return lose_secret(*where);
    }
}

void people::spoil_token(site& where) {
    watch_.happens(where.settings.hostname, "people: its token expires");
    const auto secret = where.base + "-pat";
    const auto renewed = "s3cr3t-pat-" + std::to_string(++made_);
    world_.instances.at(where.url.text()).authorization = "Bearer " + renewed;
    mend_later(
        [this, secret, renewed, url = where.url.text()] {
            // Another one may have expired meanwhile: what counts is that both sides know the same.
            world_.secrets.values[secret] = renewed;
            world_.instances.at(url).authorization = "Bearer " + renewed;
        },
        by_.happens(0.5));
}

void people::spoil_api_key(const std::string& organization) {
    watch_.happens("", "people: the API key of " + organization + " expires");
    const auto renewed = "s3cr3t-api-" + std::to_string(++made_);
    world_.cloud.api_keys[organization + "-id"] = renewed;
    mend_later(
        [this, organization, renewed] {
            world_.secrets.values[organization + "-api-key"] = renewed;
            world_.cloud.api_keys[organization + "-id"] = renewed;
        },
        by_.happens(0.5));
}

void people::lose_secret(site& where) {
    const auto name = where.base + "-pat";
    const auto found = world_.secrets.values.find(name);
    if (found == world_.secrets.values.end())
        return;
    watch_.happens(where.settings.hostname, "people: the file with its token is gone");
    mend_later([this, name, value = found->second] { world_.secrets.values.try_emplace(name, value); },
               by_.happens(0.5));
    world_.secrets.values.erase(found);
}

void people::mend_later(std::function<void()> mend, bool reload) {
    const auto after = by_.about(usual_mending);
    tasks_.push_back({world_.loop.now().steady + after, std::move(mend), reload});
    world_.loop.post(after, [this] { mend_due(); });
}

void people::mend_due() {
    const auto now = world_.loop.now().steady;
    bool wants_reload = false;
    for (auto& each : tasks_)
        if (each.at <= now) {
            each.mend();
            wants_reload |= each.reload;
        }
    std::erase_if(tasks_, [&](const task& each) { return each.at <= now; });
    watch_.happens("",
                   wants_reload ? "people: something is mended, and reloaded" : "people: something is mended");
    watch_.trouble_everywhere();
    if (wants_reload)
        reload();
}

/// What `tunnelkeyd pause` and `resume` do.
void people::pause_and_resume() {
    if (!by_.happens(how_.paused))
        return;
    for (auto& [id, record] : world_.journal.records)
        if (by_.happens(record.paused_at ? 0.5 : 0.05)) {
            record.paused_at = record.paused_at ? std::nullopt : std::optional(world_.loop.now().wall);
            watch_.happens(id.hostname, record.paused_at ? "people: pause it" : "people: let it go on");
        }
}

void people::resume() {
    for (auto& [id, record] : world_.journal.records)
        record.paused_at.reset();
}

void people::mend_everything() {
    bool wants_reload = false;
    for (auto& each : tasks_) {
        each.mend();
        wants_reload |= each.reload;
    }
    tasks_.clear();
    watch_.happens("", "people: everything is mended");
    if (wants_reload)
        reload();
}

}  // namespace tunnelkeyd::simulation
