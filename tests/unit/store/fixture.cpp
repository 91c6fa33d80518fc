#include "fixture.hpp"

#include "store/hex.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <tuple>

namespace tunnelkeyd::store_tests {

struct loop::tasks {
    std::mutex mutex;
    std::condition_variable changed;
    std::deque<std::function<void()>> waiting;
};

loop::loop() : tasks_(std::make_shared<tasks>()) {
}

std::function<void(std::function<void()>)> loop::poster() {
    return [tasks = tasks_](std::function<void()> task) {
        const std::lock_guard lock(tasks->mutex);
        tasks->waiting.push_back(std::move(task));
        tasks->changed.notify_one();
    };
}

bool loop::run_until(const std::function<bool()>& condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!condition()) {
        std::function<void()> task;
        {
            std::unique_lock lock(tasks_->mutex);
            if (!tasks_->changed.wait_until(lock, deadline, [this] { return !tasks_->waiting.empty(); }))
                return false;
            task = std::move(tasks_->waiting.front());
            tasks_->waiting.pop_front();
        }
        task();
        ++turns_;
    }
    return true;
}

opened_store::opened_store(const std::string& directory, std::optional<store::configured_sealing_key> key)
    : store({directory, std::move(key), events.poster(), [this] { return now; }}) {
}

std::string opened_store::save(const core::tunnel_record& record, std::optional<core::history_entry> ended) {
    std::optional<std::string> answer;
    store.save(record, std::move(ended), [&](const std::string& error) { answer = error; });
    REQUIRE(events.run_until([&] { return answer.has_value(); }));
    return *answer;
}

std::string opened_store::probe() {
    std::optional<std::string> answer;
    store.probe(std::chrono::seconds(10), [&](const std::string& error) { answer = error; });
    REQUIRE_FALSE(answer);
    REQUIRE(events.run_until([&] { return answer.has_value(); }));
    return *answer;
}

core::identity numbered(int number) {
    return {"0c632b13-d717-4d1f-b895-208a5599d2f2", "tunnel-" + std::to_string(number)};
}

core::wall_time at(std::int64_t seconds) {
    return core::wall_time(std::chrono::seconds(1'790'000'000 + seconds) + std::chrono::milliseconds(123));
}

core::tunnel_record full_record(int number) {
    core::tunnel_record record = bare_record(number);
    record.last_success = at(2);
    record.paused_at = at(3);
    record.failures = 3;
    record.retry_at = at(4);
    record.last_error = "the instance said no";
    record.generation = 0xfedcba9876543210;
    record.open = core::open_rotation{
        core::reason::catch_up, at(5), at(6), true, true, 7, 8, 9, "https://jira.example.com/jira",
        R"({"name": "jira"})"};
    record.key = core::pending_key{std::make_shared<const core::secret>("the security key"),
                                   0xfedcba987654320f,
                                   at(10),
                                   "the cloud's name",
                                   "https://on-premise.example.com",
                                   11};
    record.regenerated_for_rejection_at = at(12);
    record.confirmation_owed = true;
    record.last_unanswered_at = at(13);
    record.strays = {{14, at(15), "https://a.example"}, {12, at(16), "https://b.example/x"}, {13, at(14), ""}};
    return record;
}

core::tunnel_record bare_record(int number) {
    core::tunnel_record record;
    record.id = numbered(number);
    record.name = "jira " + std::to_string(number);
    record.first_seen = at(1);
    return record;
}

core::history_entry ended_at(std::int64_t seconds) {
    return {core::reason::manual, at(0), at(seconds), core::duration(431), 1, 2, core::outcome::installed, ""};
}

store::configured_sealing_key sealing_key_of(char fill) {
    return {std::make_shared<const core::secret>(store::to_hex(std::string(32, fill))),
            "credential sealing-key"};
}

namespace {

auto parts(const core::open_rotation& open) {
    return std::tie(open.why, open.began_at, open.gap_opened_at, open.intent, open.unknown, open.regenerates,
                    open.installs, open.unknowns_in_a_row, open.instance_url, open.settings);
}

auto parts(const core::pending_key& key) {
    return std::make_tuple(key.key ? std::string(key.key->reveal()) : "(null)", key.generation, key.minted_at,
                           key.name, key.on_premise_url, key.rejections);
}

auto parts(const core::tunnel_record& record) {
    return std::tie(record.id, record.name, record.first_seen, record.last_success, record.paused_at,
                    record.failures, record.retry_at, record.last_error, record.generation,
                    record.regenerated_for_rejection_at, record.confirmation_owed, record.last_unanswered_at,
                    record.strays);
}

auto parts(const core::history_entry& entry) {
    return std::tie(entry.why, entry.began_at, entry.ended_at, entry.gap, entry.regenerates, entry.installs,
                    entry.how, entry.error);
}

template <class T>
bool same_parts(const std::optional<T>& a, const std::optional<T>& b) {
    return a.has_value() == b.has_value() && (!a || parts(*a) == parts(*b));
}

}  // namespace

bool same(const core::tunnel_record& a, const core::tunnel_record& b) {
    return parts(a) == parts(b) && same_parts(a.open, b.open) && same_parts(a.key, b.key);
}

bool same(const core::history_entry& a, const core::history_entry& b) {
    return parts(a) == parts(b);
}

std::string read_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

void write_file(const std::string& path, std::string_view bytes) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

std::string all_bytes(const std::string& directory) {
    std::string bytes;
    for (const auto& entry : std::filesystem::directory_iterator(directory))
        bytes += read_file(entry.path().string());
    return bytes;
}

store::error refusal(const std::string& directory, std::optional<store::configured_sealing_key> key) {
    try {
        const opened_store opened(directory, std::move(key));
    } catch (const store::error& refused) {
        return refused;
    }
    FAIL("the store opened");
    std::abort();
}

}  // namespace tunnelkeyd::store_tests
