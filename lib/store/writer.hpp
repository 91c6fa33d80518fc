#pragma once

#include "ports/journal.hpp"
#include "store/sealing.hpp"
#include "store/statistics.hpp"

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace SQLite {
class Database;
}

namespace tunnelkeyd::store {

/// One thing to write: a record with perhaps a line of history, or (no record) a probe.
struct write {
    std::optional<core::tunnel_record> record;
    std::optional<core::history_entry> ended;
    ports::write_handler done;
};

/// Writes from a thread of its own, in transactions that each carry everything that waits: one sync for all of
/// them.
///
/// A write that cannot be done for a reason of its own (a key too long to seal, a text too long for SQLite)
/// fails alone, and the others of its transaction are written without it. Whatever else goes wrong (the disk
/// is full, a sync fails) fails the whole transaction, and the next writes are tried as if nothing had been.
/// Nothing of a failed write is in the database, with one exception: if the commit's sync itself failed and the
/// process ends before another commit, the next process may find the write done.
class writer {
public:
    using task = std::function<void()>;

    /// `database` is the open connection to the file at `path`; `post` calls a task from the event loop, and
    /// may be called from any thread.
    writer(SQLite::Database database, std::string path, std::shared_ptr<const sealer> keys,
           std::function<void(task)> post);

    /// Writes what waits. The handlers are posted still.
    ~writer();

    writer(const writer&) = delete;
    writer& operator=(const writer&) = delete;

    /// From the loop's thread.
    void submit(write wanted);

    /// From any thread.
    [[nodiscard]] store::statistics statistics() const;

private:
    struct gathering;
    class connection;

    void run();
    std::vector<std::string> write_all(const std::vector<write>& batch);
    void write_good_ones(const std::vector<write>& batch, std::vector<std::string>& errors);
    std::string write_one(const write& wanted);
    void report(std::vector<write> batch, std::vector<std::string> errors);
    [[nodiscard]] bool checkpoint();

    const std::string path_;
    const std::shared_ptr<const sealer> keys_;
    const std::function<void(task)> post_;
    std::shared_ptr<gathering> waiting_;
    std::unique_ptr<connection> connection_;  ///< the writer thread's; null while the file is gone

    mutable std::mutex statistics_mutex_;
    store::statistics statistics_;

    std::thread thread_;
};

}  // namespace tunnelkeyd::store
