#include "store/state_store.hpp"

#include "store/database.hpp"
#include "store/directory_lock.hpp"
#include "store/hex.hpp"
#include "store/meta.hpp"
#include "store/record_reader.hpp"
#include "store/schema.hpp"
#include "store/sealing_key.hpp"
#include "store/writer.hpp"

#include <SQLiteCpp/Transaction.h>
#include <openssl/rand.h>

#include <chrono>
#include <utility>

namespace tunnelkeyd::store {

namespace {

struct sealing {
    std::shared_ptr<const sealer> keys;
    std::string origin;
    bool made = false;
};

sealing find_sealing_key(const settings& wanted) {
    if (const auto& key = wanted.sealing_key)
        return {std::make_shared<const sealer>(parse_sealing_key(key->text->reveal(), key->origin)),
                key->origin};
    auto [key, made] = read_or_make_sealing_key(wanted.directory);
    return {std::make_shared<const sealer>(std::move(key)), wanted.directory + "/sealing.key", made};
}

std::string random_salt() {
    std::string bytes(salt_size, '\0');
    if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), salt_size) != 1)
        throw error(error_kind::unusable, "OpenSSL has no randomness for the state store");
    return to_hex(bytes);
}

std::string changed_key_warning(const sealing& key, std::size_t sealed) {
    const std::string what = key.made ? key.origin + " was missing, and a new one was made"
                                      : key.origin + " is not the sealing key that was used before";
    const std::string which = sealed == 1 ? "1 pending key" : std::to_string(sealed) + " pending keys";
    if (sealed == 0)
        return what + "; no key was pending, so nothing is lost";
    return what + ": " + which +
           " cannot be unsealed, and their tunnels will be given new ones; to keep them, " +
           "stop the daemon now and put the old sealing key back";
}

}  // namespace

struct state_store::parts {
    /// When a write last succeeded, unless one has failed since; as the loop heard of it.
    struct health {
        std::function<core::steady_time()> now;
        std::optional<core::steady_time> good_at;
    };

    parts(const settings& wanted, SQLite::Database opened, directory_lock held, sealing key, std::string file)
        : lock(std::move(held)),
          path(std::move(file)),
          keys(key.keys),
          post(wanted.post),
          state(std::make_shared<health>(health{wanted.steady_now, std::nullopt})) {
        remember(opened, key);
        disk.emplace(std::move(opened), path, keys, post);
    }

    void remember(SQLite::Database& database, const sealing& key);
    ports::write_handler watched(ports::write_handler done) const;

    directory_lock lock;  // first in, last out
    std::string path;
    std::shared_ptr<const sealer> keys;
    std::function<void(std::function<void()>)> post;
    std::shared_ptr<health> state;
    std::vector<std::string> warnings;
    std::uint64_t salt = 0;
    std::optional<writer> disk;
};

/// What is known of the store as a whole: the salt, and which sealing key it is used with.
void state_store::parts::remember(SQLite::Database& database, const sealing& key) {
    SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
    auto text = read_meta(database, "salt");
    if (!text)
        write_meta(database, "salt", text.emplace(random_salt()));
    const auto parsed = parse_salt(*text);
    if (!parsed)
        throw error(error_kind::damaged, path + " holds a malformed salt: put a backup in its place");
    salt = *parsed;

    const auto check = key.keys->check_value();
    const auto before = read_meta(database, "sealing_key_check");
    if (before && *before != check)
        if (const auto sealed = count_sealed_keys(database); sealed > 0 || !key.made)
            warnings.push_back(changed_key_warning(key, sealed));
    if (before != check)
        write_meta(database, "sealing_key_check", check);
    transaction.commit();
}

ports::write_handler state_store::parts::watched(ports::write_handler done) const {
    return [seen = state, done = std::move(done)](const std::string& error) {
        seen->good_at = error.empty() ? std::optional(seen->now()) : std::nullopt;
        done(error);
    };
}

state_store::state_store(settings wanted) {
    make_directory(wanted.directory);
    directory_lock lock(wanted.directory);
    const auto path = wanted.directory + "/state.db";
    const bool found = file_exists(path);
    if (found)
        inspect(path);
    // Only now is anything made: a directory whose database is refused stays as it was.
    auto key = find_sealing_key(wanted);
    if (!found)
        create_database(wanted.directory, path);
    try {
        auto database = open_for_writing(path);
        migrate(database, migrations);
        parts_ = std::make_unique<parts>(wanted, std::move(database), std::move(lock), std::move(key), path);
    } catch (const SQLite::Exception& failure) {
        throw to_error(failure, path);
    }
}

state_store::~state_store() = default;

const std::vector<std::string>& state_store::warnings() const noexcept {
    return parts_->warnings;
}

std::vector<core::tunnel_record> state_store::load() const {
    try {
        auto database = open_for_reading(parts_->path);
        return read_records(database, parts_->keys.get());
    } catch (const SQLite::Exception& failure) {
        throw to_error(failure, parts_->path);
    }
}

std::vector<core::history_entry> state_store::history(const core::identity& tunnel, std::size_t limit) const {
    try {
        auto database = open_for_reading(parts_->path);
        return read_history(database, tunnel, limit);
    } catch (const SQLite::Exception& failure) {
        throw to_error(failure, parts_->path);
    }
}

std::uint64_t state_store::salt() const noexcept {
    return parts_->salt;
}

statistics state_store::statistics() const {
    return parts_->disk->statistics();
}

void state_store::save(const core::tunnel_record& record, std::optional<core::history_entry> ended,
                       ports::write_handler done) {
    parts_->disk->submit({record, std::move(ended), parts_->watched(std::move(done))});
}

void state_store::probe(core::duration fresh_enough, ports::write_handler done) {
    const auto& state = *parts_->state;
    if (state.good_at && state.now() - *state.good_at <= fresh_enough)
        parts_->post([done = std::move(done)] { done(""); });
    else
        parts_->disk->submit({std::nullopt, std::nullopt, parts_->watched(std::move(done))});
}

}  // namespace tunnelkeyd::store
