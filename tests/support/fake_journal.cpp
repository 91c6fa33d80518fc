#include "support/fake_journal.hpp"

#include <memory>
#include <utility>

namespace tunnelkeyd::tests {

namespace {

constexpr core::duration sync_takes(2);

std::string describe(const core::tunnel_record& record, const std::optional<core::history_entry>& ended) {
    if (ended)
        return ended->how == core::outcome::installed ? "save done" : "save failure";
    if (!record.open)
        return "save new";
    if (record.open->intent)
        return "save intent";
    return record.key && record.open->installs == 0 ? "save key" : "save failure";
}

}  // namespace

void fake_journal::save(const core::tunnel_record& record, std::optional<core::history_entry> ended,
                        ports::write_handler done) {
    if (told)
        told(describe(record, ended));
    const auto life = loop_.life();
    if (fails && fails(record, ended)) {
        ++failed_[record.id];
        if (failed)
            failed(record);
        if (failed_writes_stay)
            keep(record, std::move(ended));
        loop_.deliver(life, sync_takes, [done = std::move(done)] { done("no space left on device"); });
        return;
    }
    // Two events, so that a crash can come between the sync and the news of it.
    auto written = std::make_shared<const core::tunnel_record>(record);
    const auto failures = failures_of(record.id);
    loop_.deliver(life, sync_takes,
                  [this, life, written, failures, ended = std::move(ended), done = std::move(done)]() mutable {
                      if (failures == failures_of(written->id))  // else a later write has failed since
                          failed_.erase(written->id);
                      keep(*written, std::move(ended));
                      loop_.deliver(life, core::duration(0), [done = std::move(done)] { done(""); });
                  });
}

void fake_journal::keep(const core::tunnel_record& record, std::optional<core::history_entry> ended) {
    records.insert_or_assign(record.id, record);
    if (ended)
        history[record.id].push_back(std::move(*ended));
    if (kept)
        kept(record);
}

void fake_journal::probe(core::duration, ports::write_handler done) {
    if (told)
        told("probe");
    ++probes_;
    const std::string error = probe_fails ? "read-only file system" : "";
    loop_.deliver(loop_.life(), sync_takes, [done = std::move(done), error] { done(error); });
}

}  // namespace tunnelkeyd::tests
