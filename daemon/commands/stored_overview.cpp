#include "daemon/commands/stored_overview.hpp"

#include "core/first_record.hpp"
#include "core/guard.hpp"
#include "core/rotation.hpp"
#include "core/shown_record.hpp"

#include <memory>
#include <unordered_map>
#include <utility>

namespace tunnelkeyd::daemon {

namespace {

constexpr const char* start_remedy = "start the daemon (systemctl start tunnelkeyd), or run tunnelkeyd run "
                                     "--once: the rotation goes on from here";

class describer {
public:
    describer(const core::config& config, std::uint64_t salt, bool at_work, core::wall_time now)
        : limits_(config.health), salt_(salt), at_work_(at_work), now_(now) {
        for (const auto& each : config.tunnels)
            owners_.emplace(each.instance.url.text(), &each);
        if (!at_work)
            limits_.gap_failing_after = core::duration(0);  // nobody is closing it
    }

    [[nodiscard]] core::tunnel_overview configured(const core::tunnel& settings,
                                                   const core::tunnel_record& record) const {
        const bool held = record.open && record.key && is_held(settings, *record.key);
        std::optional<core::wall_time> overdue_since;
        std::optional<core::due_time> next;
        if (!record.paused_at) {
            next = core::next_due(settings.schedule, record, salt_, now_);
            if (next->at <= now_)
                overdue_since = next->at;
            next->at = core::may_begin_at(settings.schedule, record.id, *next, now_, salt_);
        }
        auto seen = describe(record, problems_of({&settings, record, held, "", overdue_since, no_trouble_,
                                                  nullptr, std::nullopt}));
        seen.settings = std::shared_ptr<const core::tunnel>(std::shared_ptr<void>(), &settings);
        seen.name = settings.name;
        seen.next = next;
        if (held)
            seen.state = core::to_string(core::rotation::phase::held);
        return seen;
    }

    [[nodiscard]] core::tunnel_overview left_behind(const ports::leftover& left) const {
        const auto because = orphaned_because(left);
        auto seen = describe(left.record, problems_of({left.settings.get(), left.record, false, because,
                                                       std::nullopt, no_trouble_, nullptr, std::nullopt}));
        seen.settings = left.settings;
        seen.configured = false;
        if (!because.empty())
            seen.state = "orphaned";
        return seen;
    }

private:
    [[nodiscard]] std::optional<std::string> owner_of(const core::base_url& url,
                                                      const core::identity& not_of) const {
        const auto found = owners_.find(url.text());
        if (found == owners_.end() || found->second->id() == not_of)
            return std::nullopt;
        return found->second->name;
    }

    [[nodiscard]] bool is_held(const core::tunnel& settings, const core::pending_key& key) const {
        const auto found = core::check_guards(settings, key.on_premise_url, [&](const core::base_url& url) {
            return owner_of(url, settings.id());
        });
        return found.what == core::guard_finding::kind::hold;
    }

    [[nodiscard]] std::string orphaned_because(const ports::leftover& left) const {
        if (!left.settings)
            return "what the journal kept of its settings cannot be read";
        const auto owner = owner_of(left.settings->instance.url, left.record.id);
        return owner ? core::orphaned_by(*owner) : "";
    }

    [[nodiscard]] std::vector<core::problem> problems_of(const core::tunnel_facts& facts) const {
        auto found = core::problems_of(facts, limits_, now_);
        if (at_work_ || facts.held)
            return found;
        if (facts.record.open)  // that says why, too
            std::erase_if(found, [](const core::problem& each) { return each.code == "rotation_failing"; });
        for (auto& each : found)
            if (each.code == "gap_open" || each.code == "rotation_failing" || each.code == "overdue")
                each.remedy = start_remedy;
        return found;
    }

    [[nodiscard]] core::tunnel_overview describe(const core::tunnel_record& record,
                                                 std::vector<core::problem> problems) const {
        auto seen = core::overview_of(record);
        seen.state = record.open ? "waiting" : record.paused_at ? "paused" : "stopped";
        if (record.open)
            seen.rotation = core::rotation_overview{record.open->why, record.open->began_at,
                                                    record.open->regenerates, record.open->installs};
        seen.problems = std::move(problems);
        return seen;
    }

    core::health_settings limits_;
    std::uint64_t salt_;
    bool at_work_;
    core::wall_time now_;
    const std::optional<core::trouble> no_trouble_;
    std::unordered_map<std::string, const core::tunnel*> owners_;
};

}  // namespace

core::overview stored_overview(const core::config& config, const ports::journal_contents& held, bool at_work,
                               std::string because, core::wall_time now) {
    core::overview all;
    all.at = now;
    all.not_ready = std::move(because);
    all.reload.loaded_at = now;
    for (const auto& each : config.organizations)
        all.organizations.push_back({each.name, each.api_key_expires, core::problems_of(each, false, now)});

    std::unordered_map<core::identity, const core::tunnel_record*, core::identity_hash> records;
    for (const auto& each : held.records)
        records.emplace(each.id, &each);
    const describer describes(config, held.salt, at_work, now);
    for (const auto& settings : config.tunnels) {
        const auto known = records.find(settings.id());
        all.tunnels.push_back(describes.configured(
            settings, known == records.end() ? core::first_record(settings, now) : *known->second));
    }
    for (const auto& each : held.leftovers)
        all.tunnels.push_back(describes.left_behind(each));
    return all;
}

}  // namespace tunnelkeyd::daemon
