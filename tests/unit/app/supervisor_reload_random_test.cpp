#include "app/supervisor.hpp"
#include "support/fake_world.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

// Reloads of every kind, faults and crashes, by chance.
using namespace tunnelkeyd;
using namespace std::chrono_literals;
using tests::call;
using tests::fault;

namespace {

constexpr unsigned tunnel_count = 6;

class history {
public:
    explicit history(std::uint64_t seed) : world(seed), chance_(seed * 77) {
        for (unsigned i = 0; i < tunnel_count; ++i) {
            const auto name = "t" + std::to_string(i);
            auto& tunnel = world.add_tunnel(name, i % 2 ? "acme" : "other");
            tunnel.schedule = {3h, 1h, core::first_rotation::wait};
            tunnel.instance.preflight.every = 2h;
            world.also_at(name, "https://" + name + "-b.example");
            all_.push_back(tunnel);
        }
        world.wire.chance = [this](const std::string&, call) {
            const fault faults[] = {fault::no_connection(), fault::lost_before(), fault::lost_after(),
                                    fault::hangs(),         fault::hangs_after(), fault::answer(503),
                                    fault::answer(401),     fault::answer(404),   fault::answer(429, "90"),
                                    fault::late(2min, 504), fault::late(8min),    fault::login_page(),
                                    fault::late(45s)};
            return chance_.happens(0.25) ? faults[pick(std::size(faults))] : fault{};
        };
        world.journal.fails = [this](const auto&, const auto&) { return chance_.happens(0.03); };
        configure();
        world.start();
    }

    void go_on() {
        world.run_for(core::duration(static_cast<core::duration::rep>(chance_.uniform() * 3'600'000)));
        for (auto steps = pick(60); steps > 0; --steps)
            world.loop.step(world.loop.now().steady + 1h);
        for (auto changes = pick(4); changes > 0; --changes)
            change();
        configure();
        if (chance_.happens(0.15))
            world.crash();
        else
            world.reload();
    }

    /// Faults stop, and all that people can mend is mended; no rotation is scheduled any more.
    void end() {
        world.wire.heal_all();
        world.journal.fails = nullptr;
        for (unsigned i = 0; i < tunnel_count; ++i) {
            mend(i);
            all_[i].schedule.every = std::chrono::days(30);
        }
        configure();
        world.reload();
        world.run_for(8h);
    }

    [[nodiscard]] unsigned reloads_mattered() const { return changes_; }

    tests::fake_world world;

private:
    std::size_t pick(std::size_t count) {
        return static_cast<std::size_t>(chance_.uniform() * static_cast<double>(count));
    }

    void mend(unsigned i) {
        const auto name = "t" + std::to_string(i);
        world.at_instance(name).authorization = "Bearer " + world.secrets.values.at(name + "-pat");
        const auto organization = all_[i].organization.name;
        world.cloud.api_keys[organization + "-id"] = world.secrets.values.at(organization + "-api-key");
    }

    void change() {
        const auto i = static_cast<unsigned>(pick(tunnel_count));
        const auto name = "t" + std::to_string(i);
        auto& tunnel = all_[i];
        ++changes_;
        switch (pick(8)) {
        case 0:
            gone_[i] = !gone_[i];
            break;
        case 1:
            tunnel.name = tunnel.name == name ? name + " renamed" : name;
            break;
        case 2: {
            const auto other = "https://" + name + "-b.example";
            const bool is_other = tunnel.instance.url.text() == other;
            tunnel.instance.url = *core::parse_base_url(is_other ? "https://" + name + ".example" : other);
            break;
        }
        case 3:
            tunnel.schedule.every = 1h * (1 + static_cast<int>(pick(6)));
            break;
        case 4:
            world.at_instance(name).authorization = "Bearer s3cr3t-another";
            break;
        case 5:
            world.cloud.api_keys[tunnel.organization.id] = "s3cr3t-another";
            break;
        case 6:
            tunnel.retry.urgent.max = 1min * (1 + static_cast<int>(pick(2)));
            break;
        default:
            mend(i);
        }
    }

    void configure() {
        world.draft.tunnels.clear();
        for (unsigned i = 0; i < tunnel_count; ++i)
            if (!gone_[i])
                world.draft.tunnels.push_back(all_[i]);
    }

    tests::fake_random chance_;
    std::vector<core::tunnel> all_;
    bool gone_[tunnel_count] = {};
    unsigned changes_ = 0;
};

/// What is shown, counted anew.
std::pair<std::size_t, std::size_t> recount(const core::overview& all) {
    std::size_t degraded = 0;
    std::size_t failing = 0;
    for (const auto& each : all.tunnels) {
        degraded += worst_of(each.problems) == core::health::degraded;
        failing += worst_of(each.problems) == core::health::failing;
    }
    return {degraded, failing};
}

}  // namespace

TEST_CASE("random reloads, faults and crashes end in step, when they end") {
    for (std::uint64_t seed = 1; seed <= 100; ++seed) {
        INFO("seed " << seed);
        history all(seed);
        for (int i = 0; i < 120; ++i) {
            all.go_on();
            const auto sum = all.world.supervisor().summarize();
            REQUIRE(recount(all.world.overview()) == std::pair(sum.degraded, sum.failing));
        }
        all.end();
        REQUIRE(all.reloads_mattered() > 50);
        REQUIRE(all.world.broken() == std::vector<std::string>{});
        REQUIRE(all.world.supervisor().open_gaps().empty());
        REQUIRE(all.world.supervisor().summarize().rotating == 0);
        const auto sum = all.world.supervisor().summarize();
        REQUIRE(sum.degraded + sum.failing == 0);
        for (const auto& each : all.world.draft.tunnels) {
            INFO(each.name);
            const auto& record = all.world.journal.records.at(each.id());
            REQUIRE(all.world.in_step(each));
            REQUIRE_FALSE(record.open);
            REQUIRE_FALSE(record.confirmation_owed);
        }
    }
}
