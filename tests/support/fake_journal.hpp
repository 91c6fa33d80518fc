#pragma once

#include "ports/journal.hpp"
#include "support/fake_loop.hpp"

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace tunnelkeyd::tests {

/// A store that keeps what was synced, and nothing else, over a crash.
class fake_journal final : public ports::journal {
public:
    explicit fake_journal(fake_loop& loop) : loop_(loop) {}

    void save(const core::tunnel_record& record, std::optional<core::history_entry> ended,
              ports::write_handler done) override;
    void probe(core::duration fresh_enough, ports::write_handler done) override;

    /// Which writes fail; asked for each.
    std::function<bool(const core::tunnel_record&, const std::optional<core::history_entry>&)> fails;
    bool probe_fails = false;
    /// Told of each call: "probe", "save new", "save intent", "save key", "save failure", "save done".
    std::function<void(const std::string&)> told;

    /// What is on disk.
    std::map<core::identity, core::tunnel_record> records;
    std::map<core::identity, std::vector<core::history_entry>> history;

    /// Has a write of this tunnel ever failed?
    [[nodiscard]] bool failed_for(const core::identity& id) const { return failed_.contains(id); }
    [[nodiscard]] std::uint64_t probes() const noexcept { return probes_; }

private:
    fake_loop& loop_;
    std::set<core::identity> failed_;
    std::uint64_t probes_ = 0;
};

}  // namespace tunnelkeyd::tests
