// How TigerBeetle was measured for docs/performance.md, which has the commands.
//
//     drive ADDRESS IN_FLIGHT SECONDS reserve|life
//
// A fresh server gets two-phase transfers, each a request of its own: nothing is batched by us, so many are
// under way at once in one session (its client puts what waits into one message).
// `reserve` makes pending transfers; `life` posts each after it was made. In the end the accounts must hold
// exactly what was answered, or it fails.

#include "tb_client.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { SENDERS = 256, CALLERS = 4, ACCOUNTS = SENDERS + CALLERS, SLOTS_MAX = 4096 };
enum { AMOUNT = 10, US_MAX = 1000000 };

// One transfer under way.
typedef struct {
    tb_packet_t packet;
    tb_transfer_t transfer;
    uint64_t begun;
    bool posts;
} slot_t;

static tb_client_t client;
static _Atomic uint64_t made, posted, refused;
static _Atomic uint32_t took_us[US_MAX];

// Slots whose answer came: the client calls back on a thread that must not send.
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t some = PTHREAD_COND_INITIALIZER;
static slot_t *answered[SLOTS_MAX];
static int answered_count;

// The one answer that is waited for by itself.
static uint8_t alone[1 << 20];
static uint32_t alone_size;
static bool alone_is_here;

static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static void send_transfer(slot_t *slot) {
    slot->begun = now();
    slot->packet = (tb_packet_t){
        .user_data = slot,
        .data = &slot->transfer,
        .data_size = sizeof slot->transfer,
        .operation = TB_OPERATION_CREATE_TRANSFERS,
    };
    tb_client_submit(&client, &slot->packet);
}

static void reserve(slot_t *slot, uint64_t number) {
    uint64_t mixed = number * 0x9e3779b97f4a7c15u;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9u;
    slot->posts = false;
    slot->transfer = (tb_transfer_t){
        .id = 2 * (tb_uint128_t)number,
        .debit_account_id = 1000 + (mixed >> 40) % SENDERS,
        .credit_account_id = 1 + number % CALLERS,
        .amount = AMOUNT,
        .ledger = 1,
        .code = 1,
        .flags = TB_TRANSFER_PENDING,
    };
    send_transfer(slot);
}

static void post(slot_t *slot) {
    slot->posts = true;
    slot->transfer = (tb_transfer_t){
        .id = slot->transfer.id + 1,
        .pending_id = slot->transfer.id,
        .amount = AMOUNT,
        .flags = TB_TRANSFER_POST_PENDING_TRANSFER,
    };
    send_transfer(slot);
}

static void on_answer(uintptr_t context, tb_packet_t *packet, uint64_t at, const uint8_t *result,
                      uint32_t size) {
    (void)context, (void)at;
    slot_t *slot = packet->user_data;
    if (packet->status != TB_PACKET_OK) {
        fprintf(stderr, "a request failed with status %d\n", packet->status);
        exit(1);
    }
    if (slot) {
        uint64_t us = (now() - slot->begun) / 1000;
        took_us[us < US_MAX ? us : US_MAX - 1]++;
        // A transfer that was made is not in the answer.
        *(size ? &refused : slot->posts ? &posted : &made) += 1;
    }
    pthread_mutex_lock(&lock);
    if (slot) {
        answered[answered_count++] = slot;
    } else {
        memcpy(alone, result, size);
        alone_size = size;
        alone_is_here = true;
    }
    pthread_cond_signal(&some);
    pthread_mutex_unlock(&lock);
}

static void ask(uint8_t operation, void *data, uint32_t size) {
    static tb_packet_t packet;
    packet = (tb_packet_t){.data = data, .data_size = size, .operation = operation};
    alone_is_here = false;
    tb_client_submit(&client, &packet);
    pthread_mutex_lock(&lock);
    while (!alone_is_here) pthread_cond_wait(&some, &lock);
    pthread_mutex_unlock(&lock);
}

static void drive(slot_t *slots, int in_flight, double seconds, bool whole_lives) {
    uint64_t end = now() + (uint64_t)(seconds * 1e9), number = 0;
    for (int at = 0; at < in_flight; at++) reserve(&slots[at], ++number);
    for (int under_way = in_flight; 0 < under_way;) {
        slot_t *taken[SLOTS_MAX];
        pthread_mutex_lock(&lock);
        while (answered_count == 0) pthread_cond_wait(&some, &lock);
        int count = answered_count;
        memcpy(taken, answered, (size_t)count * sizeof *taken);
        answered_count = 0;
        pthread_mutex_unlock(&lock);
        for (int at = 0; at < count; at++) {
            if (whole_lives && !taken[at]->posts) post(taken[at]);
            else if (now() < end) reserve(taken[at], ++number);
            else under_way--;
        }
    }
}

static double within(uint64_t all, uint64_t hundredths) {
    uint64_t seen = 0;
    for (int us = 0; us < US_MAX; us++) {
        seen += took_us[us];
        if (all * hundredths <= seen * 100) return us / 1000.0;
    }
    return US_MAX / 1000.0;
}

int main(int count, char **typed) {
    if (count != 5) return 2;
    int in_flight = atoi(typed[2]);
    if (in_flight < 1 || SLOTS_MAX < in_flight) return 2;
    const uint8_t cluster[16] = {0};
    if (tb_client_init(&client, cluster, typed[1], (uint32_t)strlen(typed[1]), 0, on_answer)) return 1;
    static tb_account_t accounts[ACCOUNTS];
    static tb_uint128_t ids[ACCOUNTS];
    for (int at = 0; at < ACCOUNTS; at++) {
        ids[at] = (tb_uint128_t)(at < SENDERS ? 1000 + at : 1 + at - SENDERS);
        accounts[at] = (tb_account_t){.id = ids[at], .ledger = 1, .code = 1};
    }
    ask(TB_OPERATION_CREATE_ACCOUNTS, accounts, sizeof accounts);
    if (alone_size != 0) return 1;

    uint64_t begun = now();
    static slot_t slots[SLOTS_MAX];
    drive(slots, in_flight, atof(typed[3]), !strcmp(typed[4], "life"));
    double took = (double)(now() - begun) / 1e9;

    ask(TB_OPERATION_LOOKUP_ACCOUNTS, ids, sizeof ids);
    tb_account_t sum = {0};
    const tb_account_t *found = (const tb_account_t *)(const void *)alone;
    for (uint32_t at = 0; at < alone_size / sizeof *found; at++) {
        sum.debits_pending += found[at].debits_pending;
        sum.debits_posted += found[at].debits_posted;
        sum.credits_pending += found[at].credits_pending;
        sum.credits_posted += found[at].credits_posted;
    }
    uint64_t pending = AMOUNT * (made - posted), moved = AMOUNT * posted, all = made + posted;
    if (refused != 0 || sum.debits_pending != pending || sum.credits_pending != pending ||
        sum.debits_posted != moved || sum.credits_posted != moved) {
        fprintf(stderr, "the books are wrong\n");
        return 1;
    }
    printf("%s: %.0f transfers/s, p50 %.2f ms, p99 %.2f ms\n", typed[4], (double)all / took,
           within(all, 50), within(all, 99));
    return 0;
}
