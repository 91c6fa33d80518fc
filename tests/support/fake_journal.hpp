#pragma once

#include "ports/journal.hpp"
#include "support/fake_loop.hpp"

#include <functional>
#include <map>
#include <optional>
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
    /// A write that fails may have reached the disk all the same.
    bool failed_writes_stay = false;
    /// Told of each record that is on disk now.
    std::function<void(const core::tunnel_record&)> kept;
    /// Told of each write that fails.
    std::function<void(const core::tunnel_record&)> failed;
    /// Told of each call: "probe", "save new", "save intent", "save key", "save failure", "save done".
    std::function<void(const std::string&)> told;

    /// What is on disk.
    std::map<core::identity, core::tunnel_record> records;
    std::map<core::identity, std::vector<core::history_entry>> history;

    /// How many writes of this tunnel have failed since the last that did not.
    [[nodiscard]] unsigned failures_of(const core::identity& id) const {
        const auto found = failed_.find(id);
        return found == failed_.end() ? 0 : found->second;
    }
    [[nodiscard]] std::uint64_t probes() const noexcept { return probes_; }

private:
    void keep(const core::tunnel_record& record, std::optional<core::history_entry> ended);

    fake_loop& loop_;
    std::map<core::identity, unsigned> failed_;
    std::uint64_t probes_ = 0;
};

}  // namespace tunnelkeyd::tests
