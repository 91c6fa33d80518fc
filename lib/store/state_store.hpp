#pragma once

#include "core/secret.hpp"
#include "ports/journal.hpp"
#include "store/error.hpp"
#include "store/statistics.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tunnelkeyd::store {

/// A sealing key that is kept elsewhere: its text as read by ports::secrets, and where it was read.
struct configured_sealing_key {
    core::shared_secret text;
    std::string origin;  ///< core::describe(reference): for messages
};

struct settings {
    std::string directory;  ///< its parent must exist
    /// Nothing: `sealing.key` in the directory, made on the first start.
    std::optional<configured_sealing_key> sealing_key;
    /// Calls a task from the event loop, never from inside itself. Called from any thread.
    std::function<void(std::function<void()>)> post;
    /// Called from the event loop.
    std::function<core::steady_time()> steady_now;
};

/// The journal in an SQLite database: `state.db` in the state directory, beside `lock` and `sealing.key`.
///
/// Used from the event loop's thread only, but for statistics(). Writes are done by a thread of its own, which
/// gathers those that wait into one transaction and one sync; their handlers are called from one task posted to
/// the loop. A write that failed is in the database neither now nor later, unless its sync failed and the
/// process ends before the next commit; the next write is tried whatever became of the last one. Writes of one
/// tunnel take effect in the order of the calls. Other processes may read the database at any time; only one
/// may hold it open through this class.
///
/// A record with a pending key whose `key` is null keeps the sealed key that is stored, if it has the same
/// generation.
class state_store final : public ports::journal {
public:
    /// Makes or opens the store, which may take as long as reading 16 MB of disk does. Throws store::error. A
    /// database that is refused is left byte for byte as it was.
    explicit state_store(settings wanted);

    /// Writes what was asked for and waits for it. Handlers not yet called are posted, and may run later.
    ~state_store() override;

    /// What the constructor found that a person should know, as sentences: a sealing key that is lost or was
    /// replaced.
    [[nodiscard]] const std::vector<std::string>& warnings() const noexcept;

    /// Every tunnel that was ever saved, in the order of their first saves. Blocks. Throws store::error.
    [[nodiscard]] std::vector<core::tunnel_record> load() const;

    /// The tunnel's last rotations, the newest first; the store keeps 1,000. Blocks. Throws store::error.
    [[nodiscard]] std::vector<core::history_entry> history(const core::identity& tunnel,
                                                           std::size_t limit) const;

    /// Random, and the same for as long as the store exists.
    [[nodiscard]] std::uint64_t salt() const noexcept;

    /// From any thread.
    [[nodiscard]] store::statistics statistics() const;

    void save(const core::tunnel_record& record, std::optional<core::history_entry> ended,
              ports::write_handler done) override;
    void probe(core::duration fresh_enough, ports::write_handler done) override;

private:
    struct parts;
    std::unique_ptr<parts> parts_;
};

}  // namespace tunnelkeyd::store
