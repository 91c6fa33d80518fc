#include "store/writer.hpp"

#include "store/database.hpp"
#include "store/record_writer.hpp"

#include <SQLiteCpp/Transaction.h>
#include <sqlite3.h>

#include <chrono>
#include <condition_variable>
#include <exception>
#include <utility>

namespace tunnelkeyd::store {

namespace {

/// How long nothing must have been written before the write-ahead log is folded in.
constexpr std::chrono::seconds idle{1};

/// Is the failure the fault of what was to be written, and not of the file or the disk?
bool is_its_own(const SQLite::Exception& failure) {
    switch (failure.getErrorCode() & 0xff) {
    case SQLITE_TOOBIG:
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
    case SQLITE_RANGE:
        return true;
    default:
        return false;
    }
}

}  // namespace

/// Writes on their way from the loop to the thread. Whoever waits for a transaction asks for the next one when
/// it is done, all from one turn of the loop: so the thread is woken by a task that the loop runs after that
/// turn, and finds them all, not the first alone.
struct writer::gathering {
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<write> writes;
    bool wake_up_posted = false;
    bool ready = false;
    bool stopping = false;

    void wake_up() {
        const std::lock_guard lock(mutex);
        wake_up_posted = false;
        ready = true;
        changed.notify_one();
    }
};

class writer::connection {
public:
    connection(SQLite::Database opened, const sealer& keys)
        : database_(std::move(opened)), records_(database_, keys) {}

    SQLite::Database& database() noexcept { return database_; }
    record_writer& records() noexcept { return records_; }

private:
    SQLite::Database database_;
    record_writer records_;
};

writer::writer(SQLite::Database database, std::string path, std::shared_ptr<const sealer> keys,
               std::function<void(task)> post)
    : path_(std::move(path)),
      keys_(std::move(keys)),
      post_(std::move(post)),
      waiting_(std::make_shared<gathering>()),
      connection_(std::make_unique<connection>(std::move(database), *keys_)),
      thread_([this] { run(); }) {
}

writer::~writer() {
    {
        const std::lock_guard lock(waiting_->mutex);
        waiting_->stopping = true;
        waiting_->changed.notify_one();
    }
    thread_.join();
}

void writer::submit(write wanted) {
    {
        const std::lock_guard lock(waiting_->mutex);
        waiting_->writes.push_back(std::move(wanted));
        if (std::exchange(waiting_->wake_up_posted, true))
            return;
    }
    post_([weak = std::weak_ptr(waiting_)] {
        if (const auto waiting = weak.lock())
            waiting->wake_up();
    });
}

statistics writer::statistics() const {
    const std::lock_guard lock(statistics_mutex_);
    return statistics_;
}

void writer::run() {
    bool checkpoint_due = false;
    std::unique_lock lock(waiting_->mutex);
    for (;;) {
        const auto wanted = [this] { return waiting_->ready || waiting_->stopping; };
        if (!checkpoint_due) {
            waiting_->changed.wait(lock, wanted);
        } else if (!waiting_->changed.wait_for(lock, idle, wanted)) {
            lock.unlock();
            checkpoint_due = !checkpoint();
            lock.lock();
            continue;
        }
        waiting_->ready = false;
        auto batch = std::exchange(waiting_->writes, {});
        if (batch.empty() && waiting_->stopping)
            return;
        lock.unlock();
        if (!batch.empty()) {
            auto errors = write_all(batch);
            report(std::move(batch), std::move(errors));
            checkpoint_due = true;
        }
        lock.lock();
    }
}

/// One text for each write, "" for those that are on disk.
std::vector<std::string> writer::write_all(const std::vector<write>& batch) {
    std::vector<std::string> errors(batch.size());
    std::string failure;
    try {
        write_good_ones(batch, errors);
    } catch (const SQLite::Exception& failed) {
        failure = explain(failed, path_);
    } catch (const std::exception& failed) {
        failure = failed.what();
    }
    if (!failure.empty()) {
        // SQLite has rolled back and goes on by itself. A new connection would take over what a failed sync
        // left in the log, so there is one only if the old one is stuck.
        if (connection_ && sqlite3_get_autocommit(connection_->database().getHandle()) == 0)
            connection_.reset();
        errors.assign(batch.size(), failure);
    }
    return errors;
}

/// A write that fails by its own fault gets its error, and the transaction is begun again without it.
void writer::write_good_ones(const std::vector<write>& batch, std::vector<std::string>& errors) {
    if (connection_ && (has_moved(connection_->database()) || is_read_only(connection_->database())))
        connection_.reset();
    if (!connection_)
        connection_ = std::make_unique<connection>(open_for_writing(path_), *keys_);
    for (bool done = false; !done;) {
        SQLite::Transaction transaction(connection_->database(), SQLite::TransactionBehavior::IMMEDIATE);
        done = true;
        for (std::size_t i = 0; i < batch.size() && done; ++i)
            if (errors[i].empty()) {
                errors[i] = write_one(batch[i]);
                done = errors[i].empty();
            }
        if (done)
            transaction.commit();
    }
}

/// What is wrong with this write; throws what is wrong with the database.
std::string writer::write_one(const write& wanted) {
    try {
        if (wanted.record)
            connection_->records().save(*wanted.record, wanted.ended);
        else
            connection_->records().probe();
        return {};
    } catch (const SQLite::Exception& failed) {
        if (!is_its_own(failed))
            throw;
        return explain(failed, path_);
    } catch (const std::exception& failed) {
        return "not stored: " + std::string(failed.what());
    }
}

/// One task for the loop, however many handlers.
void writer::report(std::vector<write> batch, std::vector<std::string> errors) {
    std::uint64_t failures = 0;
    std::vector<std::pair<ports::write_handler, std::string>> calls;
    calls.reserve(batch.size());
    for (std::size_t i = 0; i < batch.size(); ++i) {
        failures += errors[i].empty() ? 0 : 1;
        calls.emplace_back(std::move(batch[i].done), std::move(errors[i]));
    }
    {
        const std::lock_guard lock(statistics_mutex_);
        statistics_.failures += failures;
        statistics_.writes += calls.size() - failures;
        statistics_.commits += failures < calls.size() ? 1 : 0;
    }
    post_([calls = std::move(calls)] {
        for (const auto& [done, error] : calls)
            done(error);
    });
}

/// Copies the write-ahead log into the database and cuts it to nothing. A key that was erased is overwritten in
/// the database by secure_delete, but its sealed bytes stand in older frames of the log until then. They are
/// worth nothing to a thief without the sealing key, and little with it, since the instance has a newer key or
/// the cloud made one: so nobody waits for this. It costs two syncs, and runs once nothing was written for a
/// second; under load the log begins anew every 1,000 pages by itself. What the file system keeps in blocks
/// that it freed is beyond the reach of any program: that is why keys are sealed.
bool writer::checkpoint() {
    if (!connection_)
        return true;  // nothing to write with; the next write opens it
    // A reader in the middle of a transaction would make it wait, and every write behind it.
    auto* const handle = connection_->database().getHandle();
    sqlite3_busy_timeout(handle, 0);
    const int result = sqlite3_wal_checkpoint_v2(handle, nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
    sqlite3_busy_timeout(handle, busy_timeout_ms);
    return result == SQLITE_OK;
}

}  // namespace tunnelkeyd::store
