package io.github.cnnevolution.run;

import io.github.cnnevolution.search.Proposal;

/**
 * A proposal as the store keeps it.
 *
 * @param proposal what the algorithm proposed
 * @param phenotype the network that its chromosome stands for, by which its evaluation is found
 */
public record StoredProposal(Proposal proposal, String phenotype) {}
